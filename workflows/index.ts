export { dataset } from './dataset';
export { streamingUpload } from './streaming-upload';
export { batchUpload } from './batch-upload';
export { rollback } from './rollback';
export { revert } from './revert';
export { deleteDataset } from './delete-dataset';
export { deleteProject } from './delete-project';
