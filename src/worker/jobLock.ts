/** The name under which `liveRuns` lists an annotation job that some tab works on. */
export function jobLock(jobId: string): string {
  return `job/${jobId}`;
}
