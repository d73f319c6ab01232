import { existsSync } from 'node:fs';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { output } from './stack.js';

const BUSYBOX = '/usr/bin/busybox';

/** Whether containers can be made here: by root, from a program that needs no libraries. */
export function canRunContainers(): boolean {
  return process.getuid?.() === 0 && existsSync(BUSYBOX);
}

/** Makes the root of a container: one program, under all of its names. */
export async function makeContainerRoot(path: string): Promise<void> {
  for (const name of ['bin', 'sbin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'root', 'var']) {
    await mkdir(join(path, name), { recursive: true });
  }
  await copyFile(BUSYBOX, join(path, 'bin/busybox'));
  const { stdout } = await output(BUSYBOX, ['--list']);
  for (const name of stdout.split('\n').filter((it) => it !== '' && it !== 'busybox')) {
    await symlink('/bin/busybox', join(path, 'bin', name));
  }
  await writeFile(join(path, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nguest:x:77:78::/tmp:/bin/sh\n');
  await writeFile(join(path, 'etc/group'), 'root:x:0:\nguests:x:78:\n');
}

export interface TestContainer {
  readonly name: string;
  readonly root: string;
  /** Run by a shell; a shell that waits for the console where absent. */
  readonly script?: string;
  /** Further elements of the domain, of its `<os>` and of its devices. */
  readonly body?: string;
  readonly os?: string;
  readonly devices?: string;
  readonly memoryMiB?: number;
  readonly attributes?: string;
}

export function testContainer(it: TestContainer): string {
  const args =
    it.script === undefined ? '' : `<initarg>-c</initarg><initarg>${escapeXml(it.script)}</initarg>`;
  return `<domain type='lxc'${it.attributes ?? ''}><name>${it.name}</name><memory unit='MiB'>${it.memoryMiB ?? 64}</memory>
<os><type>exe</type><init>/bin/sh</init>${args}${it.os ?? ''}</os>${it.body ?? ''}
<devices><filesystem type='mount'><source dir='${it.root}'/><target dir='/'/></filesystem>
<console type='pty'/>${it.devices ?? ''}</devices></domain>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
