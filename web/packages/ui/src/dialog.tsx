"use client";

import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { Button, IconButton } from "./button";
import { messages } from "./messages";

/** A window above the page: a sheet from below on a phone, a card in the middle elsewhere. */
export function Dialog({ title, isOpen, onClose, wide = false, children }: {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <Overlay isOpen={isOpen} onClose={onClose} wide={wide}>
      <AriaDialog className="flex max-h-[inherit] flex-col outline-none">
        <header className="flex items-center justify-between gap-4 py-3 pl-5 pr-3 sm:pl-6">
          <Heading slot="title" className="text-lg font-semibold">
            {title}
          </Heading>
          <IconButton icon="close" label={messages.close} onPress={onClose} className="bg-transparent" />
        </header>
        <div className="overflow-y-auto px-5 pb-6 sm:px-6">{children}</div>
      </AriaDialog>
    </Overlay>
  );
}

/** A question before something that cannot be taken back. */
export function Confirm({ title, text, confirm, other, cancel, isOpen, onConfirm, onClose }: {
  title: string;
  text: string;
  confirm: string;
  /** A milder way. */
  other?: { readonly label: string; readonly onPress: () => void } | undefined;
  cancel: string;
  isOpen: boolean;
  onConfirm: () => void;
  onClose: () => void;
}): ReactNode {
  return (
    <Overlay isOpen={isOpen} onClose={onClose}>
      <AriaDialog role="alertdialog" className="flex flex-col gap-3 p-6 outline-none">
        <Heading slot="title" className="text-lg font-semibold">
          {title}
        </Heading>
        <p className="text-muted">{text}</p>
        <div className={`mt-3 flex flex-col gap-2 ${other === undefined ? "sm:flex-row-reverse" : ""}`}>
          <Button variant="live" onPress={onConfirm}>
            {confirm}
          </Button>
          {other === undefined ? null : <Button onPress={other.onPress}>{other.label}</Button>}
          <Button onPress={onClose} autoFocus>
            {cancel}
          </Button>
        </div>
      </AriaDialog>
    </Overlay>
  );
}

function Overlay({ isOpen, onClose, wide = false, children }: { isOpen: boolean; onClose: () => void; wide?: boolean; children: ReactNode }): ReactNode {
  return (
    <ModalOverlay
      isDismissable
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className="fixed inset-0 z-40 flex items-end justify-center bg-black/45 sm:items-center sm:p-6"
    >
      <Modal
        className={`appear max-h-[85dvh] w-full overflow-hidden rounded-t-3xl border border-line bg-surface text-ink shadow-lift sm:rounded-3xl ${wide ? "sm:max-w-3xl" : "sm:max-w-md"}`}
      >
        {children}
      </Modal>
    </ModalOverlay>
  );
}
