import type { Request } from 'express';

/** The path of an upload of the dataset that the request's own path is below, for Location. */
export function uploadPath(req: Request, upload_id: string): string {
  const [path = ''] = req.originalUrl.split('?', 1);
  const below = Math.max(path.lastIndexOf('/frames/'), path.lastIndexOf('/uploads/'));
  return `${path.slice(0, below)}/uploads/${encodeURIComponent(upload_id)}`;
}
