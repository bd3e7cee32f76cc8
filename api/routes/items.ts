import type { RequestHandler } from 'express';
import { itemEndpoints } from '../contract/items';
import { streamRoute, type Route } from '../route';

/** What takes items in. */
export interface ItemHandlers {
  postItems: RequestHandler;
  putFrame: RequestHandler;
  patchFrame: RequestHandler;
  deleteFrame: RequestHandler;
}

export function itemRoutes({ postItems, putFrame, patchFrame, deleteFrame }: ItemHandlers): Route[] {
  return [
    streamRoute(itemEndpoints.post, postItems),
    streamRoute(itemEndpoints.put, putFrame),
    streamRoute(itemEndpoints.patch, patchFrame),
    streamRoute(itemEndpoints.remove, deleteFrame),
  ];
}
