import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
/** The BCCD data set (364 annotated images of blood cells), where it lies beside the project. */
export const BCCD = join(ROOT, '..', 'shared', 'data', 'bccd', 'Annotations');
export const CELLS = ['RBC', 'WBC', 'Platelets'];

export interface Voc {
  stdout: string;
  stderr: string;
  status: number;
}

/** Runs the example as a user would, without the build before it. */
export function vocToItems(...args: string[]): Voc {
  try {
    const stdout = execFileSync(process.execPath, [join(ROOT, 'dist', 'examples', 'voc-to-items.js'), ...args], {
      stdio: 'pipe',
      maxBuffer: 64 * 1024 * 1024,
    });
    return { stdout: stdout.toString(), stderr: '', status: 0 };
  } catch (error) {
    const { stdout, stderr, status } = error as { stdout: Buffer; stderr: Buffer; status: number };
    return { stdout: stdout.toString(), stderr: stderr.toString(), status };
  }
}

/** The folder of the BCCD annotations; where they are absent, of as many as say something, made in `scratch`. */
export function vocFolder(scratch: string): { folder: string; frames: number } {
  if (existsSync(BCCD)) return { folder: BCCD, frames: 364 };
  process.stderr.write(`No data set in ${BCCD}: a small generated one stands in for it\n`);
  const folder = join(scratch, 'Annotations');
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < GENERATED; n++) {
    const objects = Array.from({ length: (n % 5) + 1 }, (_, at) =>
      vocObject(CELLS[(n + at) % 3]!, 10 * at, n, 10 * at + (n % 7 === 0 ? 0 : 40), n + 50),
    );
    writeFileSync(
      join(folder, `Cells_${String(n).padStart(5, '0')}.xml`),
      vocXml(`Cells_${String(n).padStart(5, '0')}.jpg`, objects),
    );
  }
  return { folder, frames: GENERATED };
}

const GENERATED = 40;

export function vocXml(filename: string, objects: string[]): string {
  const size = '<size><width>640</width><height>480</height><depth>3</depth></size>';
  return `<annotation>\n\t<filename>${filename}</filename>\n\t${size}\n\t${objects.join('\n\t')}\n</annotation>\n`;
}

export function vocObject(name: string, xmin: number, ymin: number, xmax: number, ymax: number): string {
  const box = `<bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>`;
  return `<object><name>${name}</name><pose>Unspecified</pose><truncated>1</truncated><difficult>0</difficult>${box}</object>`;
}
