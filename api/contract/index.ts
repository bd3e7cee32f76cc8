import { datasetEndpoints } from './datasets';
import type { Endpoint } from './endpoint';
import { frameEndpoints } from './frames';
import { historyEndpoints } from './history';
import { itemEndpoints } from './items';
import { keyEndpoints } from './keys';
import { previewEndpoints } from './previews';
import { projectEndpoints } from './projects';
import { restoreEndpoints } from './restore';
import { serviceEndpoints } from './service';
import { uploadResultEndpoints } from './upload-results';
import { uploadEndpoints } from './uploads';
import { versionEndpoints } from './versions';

/** Everything that the native API answers, in the order of the documentation. */
export const ENDPOINTS: readonly Endpoint[] = [
  projectEndpoints,
  datasetEndpoints,
  uploadEndpoints,
  itemEndpoints,
  uploadResultEndpoints,
  frameEndpoints,
  historyEndpoints,
  versionEndpoints,
  restoreEndpoints,
  previewEndpoints,
  keyEndpoints,
  serviceEndpoints,
].flatMap((group) => Object.values(group) as Endpoint[]);
