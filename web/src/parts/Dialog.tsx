import { type ReactNode, useEffect, useRef } from 'react';
import './Dialog.css';

interface DialogProps {
  label: string;
  className?: string;
  onClose(): void;
  children: ReactNode;
}

/** A window over the page; Escape or a click beside it closes it, the focus goes back after. */
export function Dialog({ label, className = '', onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.focus();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it as well
    <dialog
      ref={dialog}
      className={`fe-dialog ${className}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      {children}
    </dialog>
  );
}
