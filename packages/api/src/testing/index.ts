export { type CallOptions, startTestApi, type TestAnswer, type TestApi } from './start-test-api.js';
