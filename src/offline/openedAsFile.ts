/**
 * What stands on the page of the folder for web servers where somebody has opened it as a file: browsers load no module of a
 * page that is a file, so that it would stay empty. `vermeil.html` lies one folder up in a release.
 */
export function sayOpenedAsFile(): void {
  addEventListener('DOMContentLoaded', () => {
    const [what, next] = [document.createElement('p'), document.createElement('p')];
    what.textContent = 'This folder is for web servers, and its page cannot be opened as a file.';
    const link = Object.assign(document.createElement('a'), { href: '../vermeil.html', textContent: 'vermeil.html' });
    next.append('Open ', link, ' instead: in a release it lies one folder up, and it needs no server and no network.');
    document.body.replaceChildren(what, next);
    document.body.style.font = '1.1rem/1.5 system-ui, sans-serif';
    document.body.style.margin = '2rem';
  });
}
