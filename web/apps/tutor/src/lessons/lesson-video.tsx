"use client";

import { LecternError } from "@lectern/client";
import { Button, Card, Confirm, messages, school, Section, toast } from "@lectern/ui";
import { type ReactNode, useCallback, useState } from "react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { act } from "../school/act";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";
import { mediaType } from "../uploads/media-type";
import { UploadRows, uploads } from "../uploads/upload-rows";
import { videoLength } from "../uploads/video-length";
import { VideoPackaging } from "./video-packaging";

const words = messages.tutor.video;

/** The lesson's video: what there is, and the way to another one. */
export function LessonVideo({ lesson, onChange }: { lesson: string; onChange: () => void }): ReactNode {
  const path = { id: lesson };
  const place = `video ${lesson}`;
  const [asking, setAsking] = useState(false);
  const load = useCallback(async (signal: AbortSignal) => {
    try {
      return { video: await school.get("/v1/lessons/{id}/video", { path: { id: lesson }, signal }) };
    } catch (error) {
      if (error instanceof LecternError && error.status === 404) return { video: undefined };
      throw error;
    }
  }, [lesson]);
  const loaded = useLoaded(load);
  const changed = () => {
    loaded.reload();
    onChange();
  };
  const send = (file: File) => uploads.add(place, file, {
    begin: async (signal) => {
      const video_s = Math.ceil(await videoLength(file));
      const { upload } = await school.post("/v1/lessons/{id}/video", { path, body: { content_type: mediaType(file), bytes: file.size, video_s }, signal });
      const finish = async () => {
        await school.post("/v1/lessons/{id}/video/confirm", { path, idempotent: true, signal });
        toast(words.ready);
        changed();
      };
      return { target: upload, finish };
    },
  });
  const remove = () => {
    setAsking(false);
    void act(() => school.delete("/v1/lessons/{id}/video", { path }), words.removed).then(changed);
  };
  return (
    <Section title={words.title} id="video">
      <Card className="flex flex-col gap-4">
        <Shown loaded={loaded}>
          {({ video }) => (
            <>
              {video === undefined ? <p className="text-muted">{words.none}</p> : (
                <video key={video.url} controls preload="metadata" src={video.url} aria-label={words.preview} className="aspect-video w-full rounded-xl bg-stage" />
              )}
              {video?.packaging == null ? null : <VideoPackaging key={video.url} lesson={lesson} begun={video.packaging} />}
              <UploadRows place={place} />
              <div className="flex flex-wrap gap-2">
                <FileTrigger acceptedFileTypes={["video/*"]} onSelect={(files) => {
                  const file = files?.[0];
                  if (file !== undefined) send(file);
                }}>
                  <Button icon="upload">{video === undefined ? words.choose : words.replace}</Button>
                </FileTrigger>
                {video === undefined ? null : <Button variant="quiet" icon="bin" onPress={() => setAsking(true)}>{words.remove}</Button>}
              </div>
            </>
          )}
        </Shown>
      </Card>
      <Confirm title={words.removeTitle} text={words.removeText} confirm={words.remove} cancel={messages.cancel} isOpen={asking} onClose={() => setAsking(false)} onConfirm={remove} />
    </Section>
  );
}
