import type { ApiDeps } from '../../deps';
import { ApiProblem } from '../../problem';
import type { FileRef } from '../../../store/ingests';

/**
 * What the download URLs of an ingest mean.
 * @param foreign whether the call may name files that are not in the object store
 * @throws ApiProblem invalid_request for a URL that is not ours or whose upload is not complete
 */
export async function fileRefs(
  deps: ApiDeps,
  project: string,
  urls: readonly string[],
  where: string,
  foreign: boolean,
): Promise<FileRef[]> {
  return Promise.all(urls.map((url, index) => fileRef(deps, project, url, `${where}[${index}]`, foreign)));
}

async function fileRef(
  { store, publicUrl, dataHosts }: ApiDeps,
  project: string,
  url: string,
  where: string,
  foreign: boolean,
): Promise<FileRef> {
  const own = `${publicUrl()}/objects/`;
  if (url.startsWith(own)) {
    const object_id = url.slice(own.length);
    const object = await store.objects.get(object_id);
    // Whoever has the URL may read it, but only its own project's uploads may use it.
    if (object === null || object.project !== project) {
      throw refused(
        where,
        `Expected the download_url of a file uploaded to project ${project} in ${where}, got another`,
      );
    }
    if (object.state !== 'COMPLETE') {
      throw refused(
        where,
        `The upload of the file in ${where} is not complete: ${object.received} bytes have arrived; finish it first`,
      );
    }
    return { object_id };
  }
  const advice = 'upload the file through get_upload_url';
  if (!foreign)
    throw refused(where, `Expected a download_url of this server (${own}...) in ${where}, got another URL; ${advice}`);
  if (!URL.canParse(url) || !/^https?:/i.test(url))
    throw refused(where, `Expected an http or https URL in ${where}, got something else; ${advice}`);
  const parsed = new URL(url);
  if (!dataHosts.includes(parsed.host) && !dataHosts.includes(parsed.hostname)) {
    const allowed = dataHosts.length === 0 ? 'none' : dataHosts.join(', ');
    throw refused(
      where,
      `Files from ${parsed.host}, as in ${where}, are not allowed (allowed: ${allowed}); ${advice}, or ask the operator to add the host`,
    );
  }
  return { url };
}

function refused(path: string, message: string): ApiProblem {
  return new ApiProblem('invalid_request', message, { errors: [{ path, message }] });
}
