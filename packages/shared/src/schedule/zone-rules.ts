/** Which release of the IANA time zone database this process calculates with, such as `2025b`. */
export const ZONE_RULES: string = process.versions['tz'] ?? '';
