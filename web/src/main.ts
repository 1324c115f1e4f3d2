/** The first script, and the smallest: what a page needs is asked for while React is on its way. */

import { parsed } from './model/address';
import { askAhead } from './store/ahead';
import { showTheme, startTheme } from './store/kept';
import { listenAhead } from './store/line';
import { address } from './store/server';
import './theme.css';

// before anything is drawn: a dark page must not flash
showTheme(startTheme());

const { workflow } = parsed(window.location.hash);

if (workflow) {
  listenAhead(workflow);
  askAhead(address(['workflows', workflow]));
}
askAhead(address(['catalogue']));
void import('./page');
// the page asks for it again, and waits where it cannot be fetched
if (workflow) import('./Editor').catch(() => undefined);
else import('./start/Start').catch(() => undefined);
