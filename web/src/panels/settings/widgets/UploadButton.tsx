import { useRef, useState } from 'react';
import { Button } from '../../../parts/Button';
import { sentenceOf, upload } from '../../../store/server';
import { toast } from '../../../store/toast';

interface UploadButtonProps {
  folder: string;
  suffixes: string[];
  onDone: (name: string) => void;
}

/** Brings a file from this computer into a folder of the workspace. */
export function UploadButton({ folder, suffixes, onDone }: UploadButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  // browsers know no other endings; with them they would hide the files that are wanted
  const isKnown = suffixes.every((suffix) => suffix.startsWith('.'));

  async function send(file: File): Promise<void> {
    setBusy(true);
    try {
      await upload(folder ? `${folder}/${file.name}` : file.name, file);
      onDone(file.name);
    } catch (error) {
      toast(sentenceOf(error), 'error');
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <input
        accept={isKnown ? suffixes.join(',') : undefined}
        hidden
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file) void send(file);
        }}
        ref={input}
        type="file"
      />
      <Button disabled={isBusy} icon="upload" look="quiet" onClick={() => input.current?.click()}>
        {isBusy ? 'Uploading…' : 'Upload a file here'}
      </Button>
    </>
  );
}
