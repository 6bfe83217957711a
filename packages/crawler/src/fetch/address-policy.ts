// The policy is shared vocabulary: the API refuses by it what the crawler would not connect to.
export { type AddressPolicy, bareHost, createAddressPolicy } from '@outrider/shared';
