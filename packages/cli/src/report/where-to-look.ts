export interface ReportPlace {
  readonly executionId: string;
  readonly campaignId: string;
  readonly hasErrors: boolean;
  /** Whether there is an execution before it to compare with. */
  readonly hasEarlier: boolean;
  /** Where the records are: a folder, or the database of the platform that was used. */
  readonly data: string;
  /** The API that answers now; null when the platform ends with the command. */
  readonly apiUrl: string | null;
  readonly programName: string;
}

/** What to type to look at the records of a crawl. */
export function whereToLook(place: ReportPlace): string {
  const { executionId, campaignId, programName } = place;
  const start = programName === 'outrider' ? 'outrider up' : 'npm start';
  const access =
    place.apiUrl === null
      ? [`  ${start}`, '      brings the platform up again; then, in another terminal:']
      : [`  ${place.apiUrl}/docs`, '      describes the API; or:'];
  const commands = [
    `  ${programName} pages ${executionId}`,
    `  ${programName} explain ${executionId} <url>`,
    `  ${programName} discovered ${campaignId} --should-crawl false`,
    ...(place.hasEarlier ? [`  ${programName} changes ${executionId}`] : []),
    ...(place.hasErrors ? [`  ${programName} errors ${campaignId}`] : []),
  ];
  return [`The records are in ${place.data}. To look at them:`, ...access, ...commands].join('\n');
}
