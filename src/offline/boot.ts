import { approvedOrigins } from './endpoints.ts';
import { sayOpenedAsFile } from './openedAsFile.ts';
import { policyOf } from './policy.ts';

/**
 * Runs before anything else of the page, as a classic script in its head, and writes the policy that everything after it
 * stands under. A policy cannot be widened once it is set: an endpoint approved later counts from the next load on.
 * `data-scripts` on its own element is the hash of the script inside the page where the app is one file.
 */
const hash = document.currentScript?.dataset['scripts'] ?? null;
const meta = document.createElement('meta');
meta.httpEquiv = 'Content-Security-Policy';
meta.content = policyOf({ hash, endpoints: approvedOrigins() });
document.head.append(meta);
if (hash === null && location.protocol === 'file:') sayOpenedAsFile();
