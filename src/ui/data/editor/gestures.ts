import { only, unitAt, unitsOf, until, type UnitKind } from '../../../state/editChoice.ts';
import type { EditorState } from '../../../state/editor.svelte.ts';
import { caretAt, partAt } from './pointing.ts';

/**
 * Choosing words by mouse, pen and touch: dragging chooses from the word where it began, a click on an entity the whole of it,
 * a double click one word, Shift extends; with Alt it goes by character.
 */
export function gesturesOn(editor: EditorState) {
  let drawing: { moved: boolean; kind: UnitKind } | null = null;

  function unitUnder(event: MouseEvent, kind: UnitKind) {
    const caret = kind === 'character' ? caretAt(event.clientX, event.clientY) : null;
    // A caret behind the anchor stands after the character it means.
    const behind = caret !== null && editor.choice !== null && drawing !== null && caret > editor.choice.anchor.start;
    const offset = caret === null ? partAt(event.clientX, event.clientY) : behind ? caret - 1 : caret;
    return offset === null ? null : unitAt(unitsOf(editor.sentence, kind), offset);
  }

  return {
    down(event: PointerEvent & { readonly currentTarget: HTMLElement }): void {
      if (event.button !== 0) return;
      const kind = event.altKey ? 'character' : 'word';
      const unit = unitUnder(event, kind);
      if (unit === null) return;
      drawing = { moved: event.shiftKey, kind };
      if (event.pointerType !== 'touch') event.currentTarget.setPointerCapture(event.pointerId);
      editor.chooseUnit(unit, event.shiftKey);
    },
    move(event: PointerEvent): void {
      if (drawing === null || editor.choice === null) return;
      const unit = unitUnder(event, drawing.kind);
      if (unit === null || (!drawing.moved && unit.start === editor.choice.head.start)) return;
      drawing.moved = true;
      editor.choose(until(editor.choice, unit));
    },
    up(event: PointerEvent): void {
      const clicked = drawing !== null && !drawing.moved && drawing.kind === 'word';
      drawing = null;
      if (!clicked) return;
      const offset = partAt(event.clientX, event.clientY);
      const span = editor.sentence.spans?.find(({ start, end }) => offset !== null && start <= offset && offset < end);
      if (span !== undefined) editor.choose(only(span));
    },
    cancel(): void {
      drawing = null;
    },
    doubled(event: MouseEvent): void {
      const unit = unitUnder(event, 'word');
      if (unit !== null) editor.choose(only(unit));
    },
  };
}
