/** Gives tests the nodes that are really there: the settings' form must know them all. */

import { execFileSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';

const ASK = 'import sys; from flowengine.cli.main import main; sys.exit(main(["nodes", "--json"]))';

/** Ask the engine for its nodes, in the Python that `PYTHON` names. */
export default function setup(project: TestProject): void {
  const python = process.env.PYTHON ?? 'python3';
  const text = execFileSync(python, ['-c', ASK], { encoding: 'utf8', maxBuffer: 2 ** 27 });
  project.provide('nodes', JSON.parse(text));
}
