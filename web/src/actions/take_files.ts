/** Files dropped on the canvas: put into the workspace, and a node added that reads them. */

import { placeAt } from '../canvas/instance';
import type { NodeInfo, SettingInfo } from '../model/wire';
import { useCatalogue } from '../store/catalogue';
import { useDocument } from '../store/document';
import { ServerError, sentenceOf, upload } from '../store/server';
import { toast } from '../store/toast';
import { addNode } from './add_node';

const FOLDER = 'data';
const STEP = 96;

/** Upload files and add the reader of each below the other. */
export async function takeFiles(files: File[], x: number, y: number): Promise<void> {
  const [left, top] = placeAt(x, y);
  for (const [index, file] of files.entries()) {
    const reader = readerOf(file.name);
    if (!reader) {
      toast(`No node reads files like “${file.name}”.`, 'warning');
      continue;
    }
    try {
      const path = await uploaded(file);
      const settings = { [reader.setting]: relative(path) };
      addNode({ type: reader.info.type, settings, at: [left, top + index * STEP] });
    } catch (error) {
      toast(`“${file.name}” could not be taken in: ${sentenceOf(error)}`, 'error');
    }
  }
}

/** The node that reads files of this kind: without inputs before others, fewest settings first. */
function readerOf(name: string): { info: NodeInfo; setting: string } | undefined {
  const suffix = name.slice(name.lastIndexOf('.')).toLowerCase();
  const found = (useCatalogue.getState().catalogue?.nodes ?? []).flatMap((info) => {
    const setting = info.settings.find((item) => reads(item, suffix));
    return setting && info.outputs.length ? [{ info, setting: setting.id }] : [];
  });
  const needs = (info: NodeInfo): number => info.inputs.filter((port) => !port.optional).length;
  return found
    .filter(({ info }) => needs(info) === 0)
    .sort((one, other) => demands(one.info) - demands(other.info))[0];
}

const demands = (info: NodeInfo): number =>
  info.inputs.length * 10 + info.settings.filter((item) => item.required).length;

/** Whether a setting is a file to be read, with this ending. */
function reads(setting: SettingInfo, suffix: string): boolean {
  const schema = setting.json_schema as Record<string, unknown>;
  const parts = [schema, ...((schema.anyOf as Record<string, unknown>[] | undefined) ?? [])];
  return parts.some(
    (part) =>
      part.widget === 'file' &&
      String(part.mode ?? 'read').startsWith('read') &&
      ((part.suffixes as string[] | undefined) ?? []).includes(suffix),
  );
}

/** Put a file into the workspace; one of the same name gets a number. */
async function uploaded(file: File): Promise<string> {
  const dot = file.name.lastIndexOf('.');
  const [stem, suffix] = [file.name.slice(0, dot), file.name.slice(dot)];
  for (let number = 1; ; number++) {
    const path = `${FOLDER}/${stem}${number > 1 ? `_${number}` : ''}${suffix}`;
    try {
      await upload(path, file);
      return path;
    } catch (error) {
      if (!(error instanceof ServerError) || error.status !== 412 || number > 50) throw error;
    }
  }
}

/** A path of the workspace, relative to the open workflow's folder. */
function relative(path: string): string {
  const folders = (useDocument.getState().path ?? '').split('/').slice(0, -1);
  const parts = path.split('/');
  while (folders.length && parts.length > 1 && folders[0] === parts[0]) {
    folders.shift();
    parts.shift();
  }
  return [...folders.map(() => '..'), ...parts].join('/');
}
