/** Browsers and workers have no files of gcloud. */
export function gcloudProject(): undefined {
  return undefined;
}
