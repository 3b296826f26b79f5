// The dashboard: starts what every page has, and hands over to the one that is asked for.

import { send } from './api.js';
import { page as ingestion } from './ingestion.js';
import { page as overview } from './overview.js';
import { redraw } from './plot.js';
import * as queue from './queue.js';
import * as router from './router.js';
import * as session from './session.js';
import * as summary from './summary.js';
import * as theme from './theme.js';

theme.start(redraw);
session.start(send);
queue.start();
summary.start();
router.start({ overview, ingestion });
