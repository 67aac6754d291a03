/* Made from openapi.json by `./dev openapi`. Not to be changed by hand. */
export type paths = {
    "/v1/attempts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An attempt with its questions and answers: one's own, or of somebody who takes a quiz of one's own. The keys are there when
         *     they may be seen.
         */
        get: operations["get_attempts_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/attempts/{id}/answers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Keep answers of an attempt in progress. To be called whenever something was answered: what is kept when the time is over
         *     counts. The same call twice, and an older one that comes late, change nothing.
         */
        put: operations["put_attempts_id_answers"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/attempts/{id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End an attempt: what is kept is graded. To submit again gives the same answer. */
        post: operations["post_attempts_id_submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search the audit trail, the newest first. A page may be short, or empty, with more behind it: `next` tells. */
        get: operations["get_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/calendar/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The classes of whoever the address is of, as iCalendar. */
        get: operations["get_calendar_secret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogue: published courses, the newest first. */
        get: operations["get_courses"];
        put?: never;
        /** Make a course. It is a draft, and the caller its first tutor. */
        post: operations["post_courses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A course. */
        get: operations["get_courses_id"];
        put?: never;
        post?: never;
        /** Delete a course that nobody ever took part in. */
        delete: operations["delete_courses_id"];
        options?: never;
        head?: never;
        /** Change a course, publish or archive it. */
        patch: operations["patch_courses_id"];
        trace?: never;
    };
    "/v1/courses/{id}/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace a course's code: the old one lets nobody in any more. */
        post: operations["post_courses_id_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/enrolment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Come into a course. Who is in it already stays. */
        post: operations["post_courses_id_enrolment"];
        /** Leave a course. What was done in it stays, for a return. */
        delete: operations["delete_courses_id_enrolment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/enrolments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Those in a course. */
        get: operations["get_courses_id_enrolments"];
        put?: never;
        /** Take those with these addresses into a course. */
        post: operations["post_courses_id_enrolments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/enrolments/{person}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take somebody out of a course. */
        delete: operations["delete_courses_id_enrolments_person"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/leaderboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who has the most points in all quizzes of a course. */
        get: operations["get_courses_id_leaderboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/lessons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A course's lessons in order. Its tutors see those that are not published too. */
        get: operations["get_courses_id_lessons"];
        put?: never;
        /** Add a lesson at the end of a course. */
        post: operations["post_courses_id_lessons"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/lessons/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Put a course's lessons in another order, all of them in one request. */
        put: operations["put_courses_id_lessons_order"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The live classes of a course, for those who are in it. */
        get: operations["get_courses_id_live"];
        put?: never;
        /** Schedule a live class. */
        post: operations["post_courses_id_live"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a course goes, lesson by lesson and quiz by quiz, among those who are in it now. A few seconds old at most. */
        get: operations["get_courses_id_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the students of a course are, in the order in which they signed up. */
        get: operations["get_courses_id_progress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The recordings of a course, the newest first; its tutors see those that cannot be played, too. */
        get: operations["get_courses_id_recordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/students/{person}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that a student did in a course, lesson by lesson and quiz by quiz; of one who left, too. */
        get: operations["get_courses_id_students_person"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/tutors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everybody who teaches a course. */
        get: operations["get_courses_id_tutors"];
        put?: never;
        /** Let another tutor teach a course too, with all rights. */
        post: operations["post_courses_id_tutors"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/courses/{id}/tutors/{person}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Let a tutor, or oneself, no longer teach a course. One stays. */
        delete: operations["delete_courses_id_tutors_person"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens, as it happens: server-sent events to the caller.
         * @description Each has an `id`, its kind as `event`, and as `data` the event. `progress.moved` has no id. `resync` says that more was
         *     missed than can be told: load everything anew. Events may come twice. The stream ends with the access token.
         */
        get: operations["get_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lessons/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lesson, for those who are in its course. */
        get: operations["get_lessons_id"];
        put?: never;
        post?: never;
        /** Delete a lesson in which nobody made progress. */
        delete: operations["delete_lessons_id"];
        options?: never;
        head?: never;
        /** Change a lesson, publish it or take it back. */
        patch: operations["patch_lessons_id"];
        trace?: never;
    };
    "/v1/lessons/{id}/done": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that one is done with a lesson that is complete by saying so. */
        post: operations["post_lessons_id_done"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lessons/{id}/materials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The files of a lesson, the oldest first; its tutors see those that are still awaited, too. */
        get: operations["get_lessons_id_materials"];
        put?: never;
        /** Announce a file; the answer says where to send it. */
        post: operations["post_lessons_id_materials"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lessons/{id}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the caller is in a lesson. */
        get: operations["get_lessons_id_progress"];
        put?: never;
        /** Report where a lesson's player is and what was watched. Answered when it is kept. */
        post: operations["post_lessons_id_progress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lessons/{id}/quizzes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The quizzes of a lesson that the caller may know of, the oldest first. */
        get: operations["get_lessons_id_quizzes"];
        put?: never;
        /** Add a quiz to a lesson, without questions yet, and so not published. */
        post: operations["post_lessons_id_quizzes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lessons/{id}/video": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where a lesson's video can be fetched as it was uploaded, for as long as it takes to see it, and how far its packaging for
         *     streaming is.
         */
        get: operations["get_lessons_id_video"];
        put?: never;
        /** Announce a lesson's video; the answer says where to send it. The one that is there stays until the new one is confirmed. */
        post: operations["post_lessons_id_video"];
        /** Delete a lesson's video, and one that is awaited. Not while watching it completes the lesson. */
        delete: operations["delete_lessons_id_video"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lessons/{id}/video/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that a lesson's video was sent. It takes the place of the one before, and the lesson is as long as it. It is
         *     packaged for streaming afterwards.
         */
        post: operations["post_lessons_id_video_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lessons/{id}/video/playback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Play a lesson's video as a recording is played: for those who may read the lesson. Only when it is packaged; before, and if it
         *     cannot be, `GET` gives the address of what was uploaded.
         */
        post: operations["post_lessons_id_video_playback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/live/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A live class, for those who are in its course. */
        get: operations["get_live_id"];
        put?: never;
        post?: never;
        /** Cancel a class that has not begun. It stays in the list, and in calendars as cancelled. */
        delete: operations["delete_live_id"];
        options?: never;
        head?: never;
        /** Change a class that is not over: its title, what it is about, its time. */
        patch: operations["patch_live_id"];
        trace?: never;
    };
    "/v1/live/{id}/attendance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The students who came to a class, in the order in which they came. */
        get: operations["get_live_id_attendance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/live/{id}/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was written in a class, the oldest first. Tutors get private questions and their answers too. What was deleted is not
         *     there. While the class is live it is some seconds behind.
         */
        get: operations["get_live_id_chat"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/live/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a class, and its room: nobody gets a token for it any more, and who is in it is told and sent away. Of one that has ended
         *     nothing changes.
         */
        post: operations["post_live_id_end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/live/{id}/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Come into a class that is live: what it takes. */
        post: operations["post_live_id_join"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/live/{id}/polls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The polls of a class that are over, and how they ended, the oldest first. While the class is live it is some seconds behind. */
        get: operations["get_live_id_polls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/live/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a class: from now on everybody may come in. Of one that is live already nothing changes. */
        post: operations["post_live_id_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/materials/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a file. */
        delete: operations["delete_materials_id"];
        options?: never;
        head?: never;
        /** Rename a file. */
        patch: operations["patch_materials_id"];
        trace?: never;
    };
    "/v1/materials/{id}/address": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a file can be fetched, for a short time. */
        get: operations["get_materials_id_address"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/materials/{id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that a file was sent. From then on students see it. */
        post: operations["post_materials_id_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Oneself. */
        get: operations["get_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change one's name. */
        patch: operations["patch_me"];
        trace?: never;
    };
    "/v1/me/calendar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The live classes of all courses that the caller is in or teaches; the first one first. What is live has not ended, however
         *     late it is.
         */
        get: operations["get_me_calendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/calendar_address": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get a secret address for a calendar program. The one before, if any, is void. */
        post: operations["post_me_calendar_address"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change one's password, which signs out everywhere else. Who signs in elsewhere (OpenID Connect) and has no password gets
         *     one by mail.
         */
        put: operations["put_me_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/portfolio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that the caller learns, and how far they are. What they did before is in it. With `If-None-Match` it is not sent
         *     again to who has it (`304`).
         */
        get: operations["get_me_portfolio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own sessions, the one used last first. All of them: there are few (`sessions.per_person_max`). */
        get: operations["get_me_sessions"];
        put?: never;
        post?: never;
        /** Sign out everywhere, here too. */
        delete: operations["delete_me_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of one's own sessions. */
        delete: operations["delete_me_sessions_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/teaching": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The courses that the caller may change: a tutor's own, for an admin all. The newest first. */
        get: operations["get_me_teaching"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The providers with which one can sign in, for the login page. */
        get: operations["get_oidc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/oidc/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Come back from a provider. For browsers, which are sent here. */
        get: operations["get_oidc_provider_callback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/oidc/{provider}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leave for a provider, to sign in there. For browsers, which go there by a link. */
        get: operations["get_oidc_provider_start"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password_resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for a link to set a new password, by mail. The answer is the same, and as fast, whether there is such an account. */
        post: operations["post_password_resets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password_resets/redeem": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set a new password with the token of a mail, once. Signs out everywhere. */
        post: operations["post_password_resets_redeem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everybody, the oldest first. */
        get: operations["get_people"];
        put?: never;
        /** Sign up as a student, which signs in too. */
        post: operations["post_people"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Somebody. */
        get: operations["get_people_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change somebody's role or name, shut them out or let them in again. The last admin stays one. */
        patch: operations["patch_people_id"];
        trace?: never;
    };
    "/v1/playback/{ticket}/{playlist}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A playlist of a recording, with addresses of its files that are good by themselves: `recording.m3u8`, and `camera.m3u8`,
         *     `screen.m3u8`, `sound.m3u8` as far as there are such tracks.
         */
        get: operations["get_playback_ticket_playlist"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/playback/{ticket}/captions/{language}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The captions of a recording in one language: WebVTT. */
        get: operations["get_playback_ticket_captions_language"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/playback/{ticket}/chapters.vtt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The parts of a recording: WebVTT. */
        get: operations["get_playback_ticket_chapters_vtt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/playback/{ticket}/chat.vtt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was said to everybody in a class, and asked: WebVTT, each cue a line of JSON. */
        get: operations["get_playback_ticket_chat_vtt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quizzes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A quiz, and how the caller stands with it. Its questions come with an attempt. */
        get: operations["get_quizzes_id"];
        /** Change a quiz, all of its settings at once; publish it. What a score means is fixed when somebody has started. */
        put: operations["put_quizzes_id"];
        post?: never;
        /** Delete a quiz that nobody has taken. */
        delete: operations["delete_quizzes_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quizzes/{id}/analysis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How hard each question was, whether it told those who know from those who do not, and what was answered: over everybody's
         *     first attempt.
         */
        get: operations["get_quizzes_id_analysis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quizzes/{id}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start an attempt (`201`), or go on with the one in progress (`200`). */
        post: operations["post_quizzes_id_attempts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quizzes/{id}/extra_time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everybody who has more time. */
        get: operations["get_quizzes_id_extra_time"];
        /** Give somebody more time, for attempts that they start from now on. */
        put: operations["put_quizzes_id_extra_time"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quizzes/{id}/leaderboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who has the best score in a quiz. */
        get: operations["get_quizzes_id_leaderboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quizzes/{id}/questions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The questions with their keys, for those whose quiz it is. */
        get: operations["get_quizzes_id_questions"];
        /** Put these questions in the place of all that there are, until somebody has started. */
        put: operations["put_quizzes_id_questions"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quizzes/{id}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The scores that count, of everybody who ended an attempt, in the order in which they signed up. */
        get: operations["get_quizzes_id_results"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recorder/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the oldest class that is to be recorded and that no recorder has, or has any more. First come those that an earlier process
         *     had on the same spool; last, recordings that have ended and of which the recorder has something left.
         */
        post: operations["post_recorder_jobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recorder/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep a job, and say how far it is. */
        put: operations["put_recorder_jobs_id"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recorder/jobs/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say how a recording ended. To say so twice does no harm. */
        post: operations["post_recorder_jobs_id_end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recorder/jobs/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a job back, for another to take it at once. */
        post: operations["post_recorder_jobs_id_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recorder/packagings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the oldest video that is to be packaged and that no recorder has, or has any more. */
        post: operations["post_recorder_packagings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recorder/packagings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep a video, and say how far it is. */
        put: operations["put_recorder_packagings_id"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recorder/packagings/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say how a packaging ended. To say so twice does no harm. */
        post: operations["post_recorder_packagings_id_end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recorder/packagings/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a video back, for another to take it at once. */
        post: operations["post_recorder_packagings_id_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A recording, for those who are in its course; one that cannot be played, for its tutors. */
        get: operations["get_recordings_id"];
        put?: never;
        post?: never;
        /** Delete a recording and its files. A class that is live is not recorded any more. Not while watching it completes a lesson. */
        delete: operations["delete_recordings_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/captions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The captions that a recording has, for its tutors. */
        get: operations["get_recordings_id_captions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/captions/{language}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Attach captions in a language (BCP 47: `en`, `pt-BR`), in the place of those that there are. */
        put: operations["put_recordings_id_captions_language"];
        post?: never;
        /** Take captions away. */
        delete: operations["delete_recordings_id_captions_language"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/playback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Play a recording: for those who are in its course; if it is about a lesson, for those who may read that. */
        post: operations["post_recordings_id_playback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in. */
        post: operations["post_session"];
        /** Sign out. Harmless for who is not signed in. */
        delete: operations["delete_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** New tokens for a session. A browser sends its cookie and no body, and gets cookies. */
        post: operations["post_session_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the school's parts are, asked now, all at once and each for two seconds at most. */
        get: operations["get_system"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All webhooks. */
        get: operations["get_webhooks"];
        put?: never;
        /** Make a webhook. What it is signed with is shown here and never again. */
        post: operations["post_webhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook. */
        get: operations["get_webhooks_id"];
        put?: never;
        post?: never;
        /** Delete a webhook and what was not delivered yet. */
        delete: operations["delete_webhooks_id"];
        options?: never;
        head?: never;
        /** Change a webhook, enable or disable it, or make a new secret, which is shown here and never again. */
        patch: operations["patch_webhooks_id"];
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of the events of the last week, the newest first. */
        get: operations["get_webhooks_id_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a delivery of the kind `webhook.test`. What becomes of it is among the deliveries. */
        post: operations["post_webhooks_id_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
};
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        /** @description How somebody wants to get in. */
        Admission: {
            /** @description Where the course wants one. */
            code?: string | null;
        };
        /** @description How the questions did. */
        Analysis: {
            /** @description Question by question, in their order. */
            items: components["schemas"]["Item"][];
        };
        /** @description An answer; of the kind of its question. */
        Answer: {
            /** @enum {string} */
            kind: "single";
            /**
             * Format: int32
             * @description Its place, from 0.
             */
            option: number;
        } | {
            /** @enum {string} */
            kind: "multiple";
            /** @description Their places, ascending; perhaps none. */
            options: number[];
        } | {
            /** @enum {string} */
            kind: "numeric";
            /**
             * Format: double
             * @description The number.
             */
            value: number;
        } | {
            /** @enum {string} */
            kind: "short_text";
            /** @description At most 200 characters. */
            text: string;
        };
        /** @description How often something was answered. */
        AnswerCount: {
            /** @description The option's text, the number, or the text as it was compared. */
            answer: string;
            /**
             * Format: int32
             * @description How often.
             */
            count: number;
        };
        /** @description A question of an attempt. */
        AnsweredQuestion: components["schemas"]["Question"] & {
            answer?: components["schemas"]["Answer"] | null;
            /**
             * Format: int64
             * @description The counter of that write.
             */
            counter?: number | null;
            earned?: components["schemas"]["Points"] | null;
            key?: components["schemas"]["Key"] | null;
        };
        /**
         * @description For whom a message was.
         * @enum {string}
         */
        ArchivedAudience: "everyone" | "moderators" | "person";
        /** @description A message that was written in a class. */
        ArchivedMessage: {
            /**
             * Format: date-time
             * @description When it was written.
             */
            at: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            edited_at?: string | null;
            /** @description Their name then. */
            name: string;
            /**
             * Format: int64
             * @description Its number in the room: what `reply_to` of another means.
             */
            number: number;
            /**
             * Format: int64
             * @description The same from the beginning of the class, in milliseconds; negative if clocks differed.
             */
            offset_ms: number;
            /**
             * Format: uuid
             * @description Who wrote it; `null` for somebody whom the school does not know.
             */
            person?: string | null;
            /** @description Whether it was pinned at the end. */
            pinned: boolean;
            /** @description How many people reacted, by emoji. */
            reactions: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description The message that it answers, which may be one that the reader does not get.
             */
            reply_to?: number | null;
            /** @description What they were then. */
            role: components["schemas"]["ArchivedRole"];
            /** @description Plain text, 2,000 characters at most. */
            text: string;
            /** @description For whom it was. Students get what was for everyone. */
            to: components["schemas"]["ArchivedAudience"];
            /**
             * Format: uuid
             * @description For whom an answer to one person was.
             */
            to_person?: string | null;
        };
        /** @description A poll of a class, and how it ended. */
        ArchivedPoll: {
            /** @description Whether nobody was to learn who chose what. Of no poll it is kept. */
            anonymous: boolean;
            /**
             * Format: date-time
             * @description When it was opened.
             */
            at: string;
            /**
             * Format: date-time
             * @description When it was closed, or the class ended.
             */
            closed_at: string;
            /**
             * Format: int64
             * @description The same from the beginning of the class, in milliseconds.
             */
            closed_offset_ms: number;
            /** @description The options that were right, from 0, of a question of the quiz. */
            correct?: number[] | null;
            /** @description Whether more than one could be. */
            multiple: boolean;
            /**
             * Format: int64
             * @description Its number in the room.
             */
            number: number;
            /**
             * Format: int64
             * @description The same from the beginning of the class, in milliseconds; negative if clocks differed.
             */
            offset_ms: number;
            /** @description What could be chosen. */
            options: string[];
            /** @description What was asked. */
            question: string;
            /** @description Whether it was a question of the live quiz. */
            quiz: boolean;
            tally?: components["schemas"]["ArchivedTally"] | null;
        };
        /**
         * @description What somebody was in the room.
         * @enum {string}
         */
        ArchivedRole: "student" | "co_tutor" | "tutor" | "admin";
        /** @description How many chose what. */
        ArchivedTally: {
            /**
             * Format: int32
             * @description How many people voted; with several choices fewer than the sum of `votes`.
             */
            voters: number;
            /** @description By option. */
            votes: number[];
        };
        /** @description An attempt with its questions and what was answered. */
        Attempt: {
            /**
             * Format: date-time
             * @description When it ends by itself, if it does.
             */
            due_at?: string | null;
            /**
             * Format: date-time
             * @description When it ended, if it has.
             */
            ended_at?: string | null;
            ended_by?: components["schemas"]["EndedBy"] | null;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: date-time
             * @description The clock that counts: until `due_at` there is so much time as lies between the two, whatever the client's clock says.
             */
            now: string;
            /**
             * Format: int32
             * @description The how manieth of that person.
             */
            number: number;
            /**
             * Format: uuid
             * @description Whose.
             */
            person: string;
            /** @description The questions, in their order. */
            questions: components["schemas"]["AnsweredQuestion"][];
            /**
             * Format: uuid
             * @description At which quiz.
             */
            quiz: string;
            score?: components["schemas"]["Points"] | null;
            score_max?: components["schemas"]["Points"] | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
        };
        /** @description An attempt in a list. */
        AttemptSummary: {
            /**
             * Format: date-time
             * @description When it ended; `null` while it is in progress.
             */
            ended_at?: string | null;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: int32
             * @description The how manieth.
             */
            number: number;
            score?: components["schemas"]["Points"] | null;
        };
        /** @description A student who came to a class. */
        Attendee: {
            /**
             * Format: date-time
             * @description When they came first.
             */
            joined_at: string;
            /**
             * Format: date-time
             * @description When they left last; `null`: they are there, as far as is known.
             */
            left_at?: string | null;
            /** @description How others see them. */
            name: string;
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
            /**
             * Format: int64
             * @description How long they were there in all.
             */
            seconds: number;
        };
        /** @description Something that somebody did. */
        AuditRecord: {
            /** @description Who did it; nobody if it happened by itself. */
            actor?: string | null;
            /** @description From where. */
            address?: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description In which course. */
            course?: string | null;
            /** @description What else there is to say. */
            detail: {
                [key: string]: unknown;
            };
            /**
             * Format: uuid
             * @description Unlike any other's.
             */
            id: string;
            /** @description What: `account.login`. */
            kind: string;
            /** @description In which room. */
            room?: string | null;
            /** @description To whom. */
            subject?: string | null;
        };
        /** @description A file that is awaited, and where to send it. */
        AwaitedMaterial: components["schemas"]["Material"] & {
            /** @description Where to send it. */
            upload: components["schemas"]["UploadTarget"];
        };
        /** @description Where a calendar program finds somebody's classes. */
        CalendarAddress: {
            /** @description Whoever knows it sees the classes. It is not shown again. */
            url: string;
        };
        /** @description What there is of captions. */
        Captions: {
            /**
             * Format: int32
             * @description Length of the file.
             */
            bytes: number;
            /**
             * Format: date-time
             * @description When it came.
             */
            changed_at: string;
            /** @description What people call it. */
            label: string;
            /** @description As BCP 47 writes it: `en`, `pt-BR`. */
            language: string;
        };
        /** @description Those of a recording, by language. */
        CaptionsList: {
            items: components["schemas"]["Captions"][];
        };
        /** @description Captions that a player can show. */
        CaptionsOffer: {
            /** @description What people call it. */
            label: string;
            /** @description As BCP 47 writes it. */
            language: string;
            /** @description WebVTT. */
            url: string;
        };
        /** @description Whom a tutor takes in. */
        ClassList: {
            /** @description The addresses that they signed up with. */
            emails: string[];
        };
        /**
         * @description What makes a lesson complete for a student.
         * @enum {string}
         */
        Completion: "watched" | "quiz" | "marked";
        /** @description A course. */
        Course: {
            /** @description What students need to get in; shown to its tutors alone. */
            code?: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description All about it. */
            description: string;
            /** @description Whether the caller is in it. */
            enrolled: boolean;
            /** @description How students get in. */
            enrolment: components["schemas"]["Enrolment"];
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /** @description Whether the caller may change it. */
            may_change: boolean;
            /**
             * Format: date-time
             * @description When it was published first.
             */
            published_at?: string | null;
            /** @description Who sees it. */
            state: components["schemas"]["CourseState"];
            /** @description What it is about, in a sentence or two. */
            summary: string;
            /** @description One line. */
            title: string;
            /** @description Its tutors' names. */
            tutors: string[];
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updated_at: string;
        };
        /** @description What is to be different about a course. */
        CourseChange: {
            /** @description All about it. */
            description?: string | null;
            enrolment?: components["schemas"]["Enrolment"] | null;
            state?: components["schemas"]["CourseState"] | null;
            /** @description What it is about, in a sentence or two. */
            summary?: string | null;
            /** @description One line. */
            title?: string | null;
        };
        /** @description How far somebody is in a course. */
        CourseStanding: {
            /**
             * Format: int64
             * @description How many of these are complete.
             */
            completed: number;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: date-time
             * @description When they came in, or last began or completed a lesson, watched another tenth of one, or ended a quiz.
             */
            last_activity_at: string;
            /**
             * Format: int64
             * @description How many lessons it has.
             */
            lessons: number;
            next_lesson?: components["schemas"]["NextLesson"] | null;
            /**
             * Format: int32
             * @description How much of it is done, 0 to 100: the mean of its lessons. A complete one counts in full, another by the whole tenths
             *     of its video that were watched, nine at most.
             */
            percent: number;
            score?: components["schemas"]["Points"] | null;
            score_max?: components["schemas"]["Points"] | null;
            /** @description Published or archived. */
            state: components["schemas"]["CourseState"];
            /** @description What it is about, in a sentence or two. */
            summary: string;
            /** @description One line. */
            title: string;
        };
        /**
         * @description Who sees a course.
         * @enum {string}
         */
        CourseState: "draft" | "published" | "archived";
        /** @description A course in a list. */
        CourseSummary: {
            /** @description How students get in. */
            enrolment: components["schemas"]["Enrolment"];
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: int64
             * @description How many lessons students see.
             */
            lessons: number;
            /**
             * Format: date-time
             * @description When it was published first.
             */
            published_at?: string | null;
            /** @description Who sees it. */
            state: components["schemas"]["CourseState"];
            /** @description What it is about, in a sentence or two. */
            summary: string;
            /** @description One line. */
            title: string;
        };
        /** @description What became of one event. */
        Delivery: {
            /**
             * Format: int32
             * @description How often it was tried.
             */
            attempts: number;
            /** Format: date-time */
            created_at: string;
            /** @description What was wrong the last time. */
            error?: string | null;
            /**
             * Format: uuid
             * @description The header `webhook-id`, by which the other system knows what comes twice.
             */
            id: string;
            /** @description Of the event. */
            kind: string;
            /**
             * Format: date-time
             * @description When it is tried next, if it is pending.
             */
            next_at?: string | null;
            /** @description `pending`, `delivered` or `failed`. */
            state: string;
            /**
             * Format: int32
             * @description The status of the last answer.
             */
            status?: number | null;
        };
        /**
         * @description What ended an attempt.
         * @enum {string}
         */
        EndedBy: "person" | "deadline";
        /**
         * @description How students get in.
         * @enum {string}
         */
        Enrolment: "open" | "code" | "list";
        /**
         * @description Something that happened. `kind` names it; the rest says how things are since, so that to hear it twice, or late, does no
         *     harm.
         */
        Event: {
            /**
             * Format: uuid
             * @description Into which.
             */
            course: string;
            /** @enum {string} */
            kind: "enrolment.started";
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
        } | {
            /**
             * Format: uuid
             * @description Which.
             */
            course: string;
            /** @enum {string} */
            kind: "enrolment.ended";
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
        } | {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description By what. */
            by: components["schemas"]["Completion"];
            /**
             * Format: uuid
             * @description In which course.
             */
            course: string;
            /** @enum {string} */
            kind: "lesson.completed";
            /**
             * Format: uuid
             * @description Which.
             */
            lesson: string;
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
        } | {
            /**
             * Format: uuid
             * @description In which course.
             */
            course: string;
            /** @enum {string} */
            kind: "quiz.scored";
            /**
             * Format: uuid
             * @description In which lesson.
             */
            lesson: string;
            /** @description Whether it is enough. */
            passed: boolean;
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
            /**
             * Format: uuid
             * @description Which.
             */
            quiz: string;
            /**
             * Format: int32
             * @description The score that counts, in hundredths of a point.
             */
            score: number;
            /**
             * Format: int32
             * @description What it could have been, in hundredths of a point.
             */
            score_max: number;
        } | (components["schemas"]["LiveClass"] & {
            /** @enum {string} */
            kind: "live.scheduled";
        }) | (components["schemas"]["LiveClass"] & {
            /** @enum {string} */
            kind: "live.started";
        }) | (components["schemas"]["LiveClass"] & {
            /** @enum {string} */
            kind: "live.ended";
        }) | (components["schemas"]["LiveClass"] & {
            /** @enum {string} */
            kind: "live.cancelled";
        }) | (components["schemas"]["RecordedClass"] & {
            /** @enum {string} */
            kind: "recording.ready";
        }) | {
            /**
             * Format: uuid
             * @description Which.
             */
            course: string;
            /** @enum {string} */
            kind: "course.changed";
        } | {
            /**
             * Format: uuid
             * @description Which.
             */
            course: string;
            /** @enum {string} */
            kind: "tutor.added";
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
        } | {
            /**
             * Format: uuid
             * @description Which.
             */
            course: string;
            /** @enum {string} */
            kind: "tutor.removed";
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
        };
        /** @description Who has how much more time. */
        ExtraTime: {
            /**
             * Format: int32
             * @description Seconds, to 86,400; 0 takes it away.
             */
            extra_s: number;
            /**
             * Format: uuid
             * @description Somebody who is in the course.
             */
            person: string;
        };
        /** @description Everybody who has more time. */
        ExtraTimes: {
            /** @description In the order in which they signed up. */
            items: components["schemas"]["ExtraTime"][];
        };
        /** @description A field at fault. */
        FieldError: {
            /** @description A JSON pointer (RFC 6901). */
            field: string;
            /** @description `body` or `query`. */
            in: string;
            /** @description What is allowed. */
            message: string;
        };
        /** @description Where the player is, and what was watched since its last report. */
        Heartbeat: {
            /**
             * Format: int64
             * @description Counts the client's reports up, over its reloads too. Of the highest there is, the position holds.
             */
            counter: number;
            /**
             * Format: int32
             * @description Where the player is, seconds from the beginning.
             */
            position_s: number;
            watched?: components["schemas"]["Interval"] | null;
        };
        /** @description A server as a browser's `RTCPeerConnection` takes it. */
        IceServer: {
            /** @description For TURN. */
            credential?: string | null;
            /** @description Its addresses. */
            urls: string[];
            /** @description For TURN. */
            username?: string | null;
        };
        /** @description From a second on, to another. */
        Interval: {
            /**
             * Format: int32
             * @description The first second of it.
             */
            from_s: number;
            /**
             * Format: int32
             * @description The second after its last; not before `from_s`.
             */
            to_s: number;
        };
        /** @description What became of a question. */
        Item: {
            /**
             * Format: int32
             * @description Of these, how many answered.
             */
            answered: number;
            /**
             * @description How many chose each option, in the options' order; of other questions the most frequent answers, the most frequent
             *     first.
             */
            answers: components["schemas"]["AnswerCount"][];
            /**
             * Format: double
             * @description The mean share of its points, 0 to 1.
             */
            difficulty?: number | null;
            /**
             * Format: double
             * @description The correlation with the rest of the quiz, -1 to 1.
             */
            discrimination?: number | null;
            /**
             * Format: int32
             * @description Answers that are not among these.
             */
            other: number;
            /**
             * Format: int32
             * @description People whose first attempt was looked at.
             */
            people: number;
            /**
             * Format: uuid
             * @description Which.
             */
            question: string;
        };
        /** @description Answers are kept. */
        Kept: {
            /**
             * Format: date-time
             * @description When the attempt ends by itself, if it does.
             */
            due_at?: string | null;
            /**
             * Format: date-time
             * @description The clock that counts.
             */
            now: string;
        };
        /** @description What is right. */
        Key: {
            /** @enum {string} */
            kind: "single";
            /**
             * Format: int32
             * @description Its place.
             */
            right: number;
        } | {
            /** @enum {string} */
            kind: "multiple";
            /** @description Whether an answer that is partly right has part of the points: see [`super::grading`]. */
            partial?: boolean;
            /** @description Their places, ascending. */
            right: number[];
        } | {
            /** @enum {string} */
            kind: "numeric";
            /**
             * Format: double
             * @description How far from it an answer may be, that far included.
             */
            tolerance?: number;
            /**
             * Format: double
             * @description The number.
             */
            value: number;
        } | {
            /** @description 1 to 20. */
            accepted: string[];
            /** @description Whether upper and lower case differ. */
            case_sensitive?: boolean;
            /** @enum {string} */
            kind: "short_text";
        };
        /** @description A question with its key: for its tutor, and for grading. */
        KeyedQuestion: components["schemas"]["Question"] & {
            /** @description What is right. */
            key: components["schemas"]["Key"];
        };
        /** @description All questions of a quiz with their keys, for its tutors. */
        KeyedQuestions: {
            /** @description In their order. */
            questions: components["schemas"]["KeyedQuestion"][];
        };
        /**
         * @description When a person who has taken a quiz sees its keys, and what each of their answers was worth.
         * @enum {string}
         */
        KeysShown: "never" | "after_attempts" | "after_close";
        /** @description Part of a leaderboard. */
        Leaderboard: {
            me?: components["schemas"]["Standing"] | null;
            /**
             * Format: int64
             * @description How many are on it: everybody in the course with a result, the best 50,000.
             */
            members: number;
            /** @description Those asked for, the best first. */
            places: components["schemas"]["LeaderboardPlace"][];
        };
        /** @description Somebody's place. */
        LeaderboardPlace: {
            /** @description How others see them. */
            name: string;
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
            /**
             * Format: int64
             * @description One more than there are people with a better score.
             */
            rank: number;
            /** @description Their points. */
            score: components["schemas"]["Points"];
        };
        /** @description A lesson. */
        Lesson: {
            /** @description Its text. */
            body: string;
            /** @description What makes it complete. */
            completion: components["schemas"]["Completion"];
            /**
             * Format: uuid
             * @description Of which course.
             */
            course_id: string;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: int32
             * @description Its place, from 1.
             */
            position: number;
            /** @description Whether students see it. */
            published: boolean;
            /**
             * Format: uuid
             * @description The recording of a class about it, if there is no video: the newest that is ready.
             */
            recording?: string | null;
            /** @description Lessons that must be complete before. */
            requires: string[];
            /** @description One line. */
            title: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updated_at: string;
            /**
             * Format: int32
             * @description How long its video is, seconds.
             */
            video_s?: number | null;
            /**
             * Format: int32
             * @description How much of the video is enough, percent.
             */
            watched_percent: number;
        };
        /** @description What is to be different about a lesson. */
        LessonChange: {
            /** @description Its text. */
            body?: string | null;
            completion?: components["schemas"]["Completion"] | null;
            /** @description Whether students see it. */
            published?: boolean | null;
            /** @description Lessons of the course that must be complete before. */
            requires?: string[] | null;
            /** @description One line. */
            title?: string | null;
            /**
             * Format: int32
             * @description How long its video is, seconds; `null` takes the video away.
             */
            video_s?: number | null;
            /**
             * Format: int32
             * @description How much of the video is enough, percent.
             */
            watched_percent?: number | null;
        };
        /** @description How far a student is in a lesson. */
        LessonDetail: {
            /**
             * Format: date-time
             * @description When they completed it.
             */
            completed_at?: string | null;
            completed_by?: components["schemas"]["Completion"] | null;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: int32
             * @description 100 if it is complete; else the whole tenths of its video that they watched, 90 at most.
             */
            percent: number;
            /**
             * Format: int32
             * @description Where they stopped, seconds.
             */
            position_s: number;
            /**
             * Format: date-time
             * @description When they began it.
             */
            started_at?: string | null;
            /** @description One line. */
            title: string;
            /**
             * Format: int32
             * @description How long the video is, seconds.
             */
            video_s?: number | null;
            /**
             * Format: int32
             * @description How much of the video they watched, seconds.
             */
            watched_s: number;
        };
        /** @description A new order of all lessons of a course. */
        LessonOrder: {
            /** @description Each of the course's lessons, once. */
            lessons: string[];
        };
        /** @description How a lesson goes, among those who are in the course. */
        LessonOverview: {
            /**
             * Format: int64
             * @description How many completed it.
             */
            completed: number;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: int64
             * @description How many began it.
             */
            started: number;
            /** @description One line. */
            title: string;
            /**
             * Format: double
             * @description How much of its video those who began it watched; none without a video, or before the first.
             */
            watched_percent_mean?: number | null;
        };
        /** @description A lesson in a course's outline. */
        LessonSummary: {
            /**
             * Format: date-time
             * @description When the caller completed it.
             */
            completed_at?: string | null;
            /** @description What makes it complete. */
            completion: components["schemas"]["Completion"];
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /** @description Whether one of those is not, for the caller. */
            locked: boolean;
            /**
             * Format: int32
             * @description Its place, from 1.
             */
            position: number;
            /** @description Whether students see it. */
            published: boolean;
            /**
             * Format: uuid
             * @description The recording of a class about it, if there is no video: the newest that is ready.
             */
            recording?: string | null;
            /** @description Lessons that must be complete before. */
            requires: string[];
            /** @description One line. */
            title: string;
            /**
             * Format: int32
             * @description How long its video is, seconds.
             */
            video_s?: number | null;
            /**
             * Format: int32
             * @description How much of the video is enough, percent.
             */
            watched_percent: number;
        };
        /** @description What became of a list. */
        Listed: {
            /** @description How many of them are in the course now. */
            enrolled: number;
            /** @description Addresses that nobody signed up with. */
            unknown: string[];
        };
        /** @description Which live class. */
        LiveClass: {
            /**
             * Format: uuid
             * @description In which course.
             */
            course: string;
            /**
             * Format: uuid
             * @description Which.
             */
            live: string;
            /**
             * Format: date-time
             * @description When it is to begin.
             */
            starts_at: string;
            /** @description One line. */
            title: string;
        };
        /** @description A live class. */
        LiveSession: {
            /**
             * Format: uuid
             * @description Of which course.
             */
            course_id: string;
            /** @description The course's title. */
            course_title: string;
            /**
             * Format: date-time
             * @description When it did end.
             */
            ended_at?: string | null;
            /**
             * Format: date-time
             * @description When it is to end.
             */
            ends_at: string;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: uuid
             * @description What it is about, if it is about one lesson.
             */
            lesson_id?: string | null;
            /** @description Whether the caller may start, change and end it. */
            may_change: boolean;
            /**
             * Format: uuid
             * @description Its recording, if there is one to play; for its tutors, if there is one at all.
             */
            recording?: string | null;
            /**
             * Format: date-time
             * @description When it did begin.
             */
            started_at?: string | null;
            /**
             * Format: date-time
             * @description When it is to begin.
             */
            starts_at: string;
            /** @description Where it is in its life. */
            state: components["schemas"]["LiveState"];
            /** @description One line. */
            title: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updated_at: string;
        };
        /** @description What is to be different about a class. */
        LiveSessionChange: {
            /**
             * Format: date-time
             * @description When it is to end.
             */
            ends_at?: string | null;
            /**
             * Format: uuid
             * @description What it is about; `null`: no lesson.
             */
            lesson?: string | null;
            /**
             * Format: date-time
             * @description When it is to begin. Not of one that did.
             */
            starts_at?: string | null;
            /** @description One line. */
            title?: string | null;
        };
        /**
         * @description Where a class is in its life.
         * @enum {string}
         */
        LiveState: "scheduled" | "live" | "ended" | "cancelled";
        /** @description A way into a class. The addresses are relative to where the page comes from if they begin with a slash. */
        LiveTicket: {
            /**
             * Format: date-time
             * @description Until when it lets in.
             */
            expires_at: string;
            /** @description For the browser's `RTCPeerConnection`. */
            ice_servers: components["schemas"]["IceServer"][];
            /** @description The room's name. */
            room: string;
            /** @description For the room and the media server. Whoever is in stays in when it expires. */
            token: string;
            /** @description Where the room's WebSocket is. */
            websocket: string;
            /** @description Where to watch. */
            whep: string;
            whip?: components["schemas"]["Whip"] | null;
        };
        /** @description Who somebody says they are. */
        Login: {
            /** @description Whether the tokens come as cookies, for a browser, or in the body. */
            cookies?: boolean;
            /**
             * Format: email
             * @description The address that they signed up with.
             */
            email: string;
            /**
             * Format: password
             * @description Their password.
             */
            password: string;
        };
        /** @description A file of a lesson. */
        Material: {
            /**
             * Format: int64
             * @description How long it is.
             */
            bytes: number;
            /** @description Its media type. */
            content_type: string;
            /**
             * Format: date-time
             * @description When it was announced.
             */
            created_at: string;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: uuid
             * @description Of which lesson.
             */
            lesson_id: string;
            /** @description For people. */
            name: string;
            /** @description Whether it is there. */
            state: components["schemas"]["MaterialState"];
        };
        /** @description Where to fetch a file. */
        MaterialAddress: {
            /** @description Its media type. */
            content_type: string;
            /**
             * Format: date-time
             * @description Until when the address is good.
             */
            expires_at: string;
            /** @description The address; relative to where the page comes from if it begins with a slash. */
            url: string;
        };
        /** @description What is to be different about a file. */
        MaterialChange: {
            /** @description For people. */
            name: string;
        };
        /** @description All files of a lesson. */
        Materials: {
            /** @description The oldest first. */
            items: components["schemas"]["Material"][];
        };
        /**
         * @description Whether a file is there.
         * @enum {string}
         */
        MaterialState: "pending" | "ready";
        /** @description What somebody changes about themselves. */
        MeChange: {
            /** @description How others see them. */
            name: string;
        };
        /** @description How the caller stands with a quiz. */
        MyStanding: {
            /** @description Their attempts, the first first. */
            attempts: components["schemas"]["AttemptSummary"][];
            /**
             * Format: int32
             * @description Their extra time, seconds.
             */
            extra_s: number;
            /** @description Whether it is enough. */
            passed: boolean;
            score?: components["schemas"]["Points"] | null;
        };
        /** @description An answer to be kept. */
        NewAnswer: {
            answer?: components["schemas"]["Answer"] | null;
            /**
             * Format: uuid
             * @description To which question.
             */
            question: string;
        };
        /** @description Answers to be kept. */
        NewAnswers: {
            /** @description 1 to 100, each of another question. */
            answers: components["schemas"]["NewAnswer"][];
            /**
             * Format: int64
             * @description Counts up with each write of the client, 0 to 2^53. An answer that was written with the same or a larger one stays.
             */
            counter: number;
        };
        /** @description Captions in one language. */
        NewCaptions: {
            /** @description What people call the language, 1 to 120 characters. */
            label: string;
            /** @description WebVTT, at most 2 MiB, with its cues in order of time. */
            text: string;
        };
        /** @description Who asks for work. */
        NewClaim: {
            /** @description Recordings of which it has files that are not stored: of those that have ended it gets one, if there is nothing else to do. */
            left?: string[];
            /** @description The recorder's name, which is that of its token. */
            node: string;
            /**
             * Format: uuid
             * @description The process that asks, another one after each start.
             */
            process?: string | null;
            /**
             * Format: uuid
             * @description The disk on which it keeps what is not stored yet, of which it makes sure that no other process has it: what another process
             *     held with it is free.
             */
            spool?: string | null;
        };
        /** @description A new course, a draft. */
        NewCourse: {
            /** @description All about it. */
            description?: string;
            enrolment?: components["schemas"]["Enrolment"] | null;
            /** @description What it is about, in a sentence or two. */
            summary?: string;
            /** @description One line. */
            title: string;
        };
        /** @description A new lesson, the last of its course. */
        NewLesson: {
            /** @description Its text. */
            body?: string;
            completion?: components["schemas"]["Completion"] | null;
            /** @description Whether students see it. */
            published?: boolean;
            /** @description Lessons of the course that must be complete before. */
            requires?: string[];
            /** @description One line. */
            title: string;
            /**
             * Format: int32
             * @description How long its video is, seconds; none without a video.
             */
            video_s?: number | null;
            /**
             * Format: int32
             * @description How much of the video is enough, percent. Default 90.
             */
            watched_percent?: number | null;
        };
        /** @description A new class. */
        NewLiveSession: {
            /**
             * Format: date-time
             * @description When it is to end: a minute to twelve hours later.
             */
            ends_at: string;
            /**
             * Format: uuid
             * @description What it is about, if it is about one lesson of the course.
             */
            lesson?: string | null;
            /**
             * Format: date-time
             * @description When it is to begin: an hour ago at the earliest, in two years at the latest.
             */
            starts_at: string;
            /** @description One line. */
            title: string;
        };
        /** @description A file that is to be. */
        NewMaterial: {
            /**
             * Format: int64
             * @description Exactly how long it is.
             */
            bytes: number;
            /** @description Its media type, without parameters. */
            content_type: string;
            /** @description For people: the store knows the file by another name. */
            name: string;
        };
        /** @description A question as a tutor writes it. */
        NewQuestion: {
            /** @description What is right; of the same kind. */
            key: components["schemas"]["Key"];
            /**
             * Format: int32
             * @description What it is worth, 1 to 100.
             */
            points: number;
            /** @description What is asked: plain text, 1 to 4000 characters. */
            prompt: string;
            /** @description What is to be done. */
            task: components["schemas"]["Task"];
        };
        /** @description All questions of a quiz, in their order. */
        NewQuestions: {
            /** @description At most 100. */
            questions: components["schemas"]["NewQuestion"][];
        };
        /** @description Who is to teach too. */
        NewTutor: {
            /** @description The address of a tutor. */
            email: string;
        };
        /** @description A video that is to be. */
        NewVideo: {
            /**
             * Format: int64
             * @description Exactly how long it is.
             */
            bytes: number;
            /** @description `video/mp4`, `video/quicktime` or `video/webm`. */
            content_type: string;
            /**
             * Format: int32
             * @description How long it plays, seconds.
             */
            video_s: number;
        };
        /** @description A webhook to be. */
        NewWebhook: {
            /** @description The kinds of events that it is told; none: all. */
            kinds?: string[];
            /** @description Where it is: an https URL of the public internet. */
            url: string;
        };
        /** @description A lesson to go on with. */
        NextLesson: {
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /** @description One line. */
            title: string;
        };
        /** @description Somewhere else to sign in. */
        OidcProvider: {
            /** @description The name that stands in its addresses. */
            id: string;
            /** @description What its button says. */
            title: string;
        };
        /** @description A course's lessons in order, all of them. */
        Outline: {
            /** @description In order. */
            items: components["schemas"]["LessonSummary"][];
        };
        /** @description How a course goes. */
        Overview: {
            /** @description All lessons, in their order. */
            lessons: components["schemas"]["LessonOverview"][];
            /** @description All quizzes, by lesson. */
            quizzes: components["schemas"]["QuizOverview"][];
            /**
             * Format: int64
             * @description How many are in it.
             */
            students: number;
        };
        /** @description How far a video's packaging for streaming is. */
        Packaging: {
            /** @description Why it was refused or failed, for programs. */
            code?: string | null;
            /**
             * Format: int32
             * @description How much of the video is read, 0 to 100; 100 when it is ready.
             */
            percent: number;
            /** @description Why it was refused, and what to do. */
            reason?: string | null;
            /** @description Where it is in its life. */
            state: components["schemas"]["PackagingState"];
        };
        /** @description The end of a packaging. */
        PackagingEnd: {
            /**
             * Format: int64
             * @description How much is stored.
             */
            bytes?: number;
            /** @description Why it was refused or failed: lower case letters and `_`. `internal` if nothing is said; nothing of one that is ready. */
            code?: string | null;
            /**
             * Format: int64
             * @description How long it plays, milliseconds.
             */
            duration_ms?: number;
            /** @description What else is to be known of it, without its files: its `pictures`. */
            manifest?: Record<string, never> | null;
            /** @description How. */
            outcome: components["schemas"]["PackagingOutcome"];
            /** @description The same in a sentence: for the tutor if it was refused, else for operators. */
            reason?: string | null;
            /**
             * Format: int32
             * @description That of the job.
             */
            run: number;
        };
        /** @description A video that is to be packaged, by whoever got this answer. */
        PackagingJob: {
            /** @description Where this run's files go in the store of blobs. */
            folder: string;
            /**
             * Format: uuid
             * @description The video's.
             */
            id: string;
            /**
             * Format: int32
             * @description How long nothing may be heard before another gets it, seconds.
             */
            lease_s: number;
            /**
             * Format: int32
             * @description Which attempt this is, from 1: to be said with everything about it.
             */
            run: number;
            /** @description What was uploaded, in the store of blobs. */
            source: string;
            /**
             * Format: int64
             * @description How long that is.
             */
            source_bytes: number;
            /**
             * Format: date-time
             * @description When it was uploaded: the date of its first picture in the playlists.
             */
            uploaded_at: string;
        };
        /**
         * @description How it ended.
         * @enum {string}
         */
        PackagingOutcome: "ready" | "refused" | "failed";
        /** @description How far a packaging is. */
        PackagingRenewal: {
            /**
             * Format: int64
             * @description How much of what was uploaded is read.
             */
            bytes_read: number;
            /**
             * Format: int32
             * @description That of the job.
             */
            run: number;
        };
        /**
         * @description Where a packaging is in its life.
         * @enum {string}
         */
        PackagingState: "waiting" | "running" | "ready" | "refused" | "failed";
        /** @description One page of a list. */
        Page_ArchivedMessage: {
            /** @description In the list's order. */
            items: {
                /**
                 * Format: date-time
                 * @description When it was written.
                 */
                at: string;
                /**
                 * Format: date-time
                 * @description When it was changed last.
                 */
                edited_at?: string | null;
                /** @description Their name then. */
                name: string;
                /**
                 * Format: int64
                 * @description Its number in the room: what `reply_to` of another means.
                 */
                number: number;
                /**
                 * Format: int64
                 * @description The same from the beginning of the class, in milliseconds; negative if clocks differed.
                 */
                offset_ms: number;
                /**
                 * Format: uuid
                 * @description Who wrote it; `null` for somebody whom the school does not know.
                 */
                person?: string | null;
                /** @description Whether it was pinned at the end. */
                pinned: boolean;
                /** @description How many people reacted, by emoji. */
                reactions: {
                    [key: string]: number;
                };
                /**
                 * Format: int64
                 * @description The message that it answers, which may be one that the reader does not get.
                 */
                reply_to?: number | null;
                /** @description What they were then. */
                role: components["schemas"]["ArchivedRole"];
                /** @description Plain text, 2,000 characters at most. */
                text: string;
                /** @description For whom it was. Students get what was for everyone. */
                to: components["schemas"]["ArchivedAudience"];
                /**
                 * Format: uuid
                 * @description For whom an answer to one person was.
                 */
                to_person?: string | null;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_ArchivedPoll: {
            /** @description In the list's order. */
            items: {
                /** @description Whether nobody was to learn who chose what. Of no poll it is kept. */
                anonymous: boolean;
                /**
                 * Format: date-time
                 * @description When it was opened.
                 */
                at: string;
                /**
                 * Format: date-time
                 * @description When it was closed, or the class ended.
                 */
                closed_at: string;
                /**
                 * Format: int64
                 * @description The same from the beginning of the class, in milliseconds.
                 */
                closed_offset_ms: number;
                /** @description The options that were right, from 0, of a question of the quiz. */
                correct?: number[] | null;
                /** @description Whether more than one could be. */
                multiple: boolean;
                /**
                 * Format: int64
                 * @description Its number in the room.
                 */
                number: number;
                /**
                 * Format: int64
                 * @description The same from the beginning of the class, in milliseconds; negative if clocks differed.
                 */
                offset_ms: number;
                /** @description What could be chosen. */
                options: string[];
                /** @description What was asked. */
                question: string;
                /** @description Whether it was a question of the live quiz. */
                quiz: boolean;
                tally?: components["schemas"]["ArchivedTally"] | null;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Attendee: {
            /** @description In the list's order. */
            items: {
                /**
                 * Format: date-time
                 * @description When they came first.
                 */
                joined_at: string;
                /**
                 * Format: date-time
                 * @description When they left last; `null`: they are there, as far as is known.
                 */
                left_at?: string | null;
                /** @description How others see them. */
                name: string;
                /**
                 * Format: uuid
                 * @description Who.
                 */
                person: string;
                /**
                 * Format: int64
                 * @description How long they were there in all.
                 */
                seconds: number;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_AuditRecord: {
            /** @description In the list's order. */
            items: {
                /** @description Who did it; nobody if it happened by itself. */
                actor?: string | null;
                /** @description From where. */
                address?: string | null;
                /**
                 * Format: date-time
                 * @description When.
                 */
                at: string;
                /** @description In which course. */
                course?: string | null;
                /** @description What else there is to say. */
                detail: {
                    [key: string]: unknown;
                };
                /**
                 * Format: uuid
                 * @description Unlike any other's.
                 */
                id: string;
                /** @description What: `account.login`. */
                kind: string;
                /** @description In which room. */
                room?: string | null;
                /** @description To whom. */
                subject?: string | null;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_CourseSummary: {
            /** @description In the list's order. */
            items: {
                /** @description How students get in. */
                enrolment: components["schemas"]["Enrolment"];
                /**
                 * Format: uuid
                 * @description Which.
                 */
                id: string;
                /**
                 * Format: int64
                 * @description How many lessons students see.
                 */
                lessons: number;
                /**
                 * Format: date-time
                 * @description When it was published first.
                 */
                published_at?: string | null;
                /** @description Who sees it. */
                state: components["schemas"]["CourseState"];
                /** @description What it is about, in a sentence or two. */
                summary: string;
                /** @description One line. */
                title: string;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Delivery: {
            /** @description In the list's order. */
            items: {
                /**
                 * Format: int32
                 * @description How often it was tried.
                 */
                attempts: number;
                /** Format: date-time */
                created_at: string;
                /** @description What was wrong the last time. */
                error?: string | null;
                /**
                 * Format: uuid
                 * @description The header `webhook-id`, by which the other system knows what comes twice.
                 */
                id: string;
                /** @description Of the event. */
                kind: string;
                /**
                 * Format: date-time
                 * @description When it is tried next, if it is pending.
                 */
                next_at?: string | null;
                /** @description `pending`, `delivered` or `failed`. */
                state: string;
                /**
                 * Format: int32
                 * @description The status of the last answer.
                 */
                status?: number | null;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_LiveSession: {
            /** @description In the list's order. */
            items: {
                /**
                 * Format: uuid
                 * @description Of which course.
                 */
                course_id: string;
                /** @description The course's title. */
                course_title: string;
                /**
                 * Format: date-time
                 * @description When it did end.
                 */
                ended_at?: string | null;
                /**
                 * Format: date-time
                 * @description When it is to end.
                 */
                ends_at: string;
                /**
                 * Format: uuid
                 * @description Which.
                 */
                id: string;
                /**
                 * Format: uuid
                 * @description What it is about, if it is about one lesson.
                 */
                lesson_id?: string | null;
                /** @description Whether the caller may start, change and end it. */
                may_change: boolean;
                /**
                 * Format: uuid
                 * @description Its recording, if there is one to play; for its tutors, if there is one at all.
                 */
                recording?: string | null;
                /**
                 * Format: date-time
                 * @description When it did begin.
                 */
                started_at?: string | null;
                /**
                 * Format: date-time
                 * @description When it is to begin.
                 */
                starts_at: string;
                /** @description Where it is in its life. */
                state: components["schemas"]["LiveState"];
                /** @description One line. */
                title: string;
                /**
                 * Format: date-time
                 * @description When it was changed last.
                 */
                updated_at: string;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Person: {
            /** @description In the list's order. */
            items: {
                /**
                 * Format: date-time
                 * @description When they signed up.
                 */
                created_at: string;
                /** @description Where mail reaches them. */
                email: string;
                /**
                 * Format: uuid
                 * @description Who.
                 */
                id: string;
                /** @description How others see them. */
                name: string;
                /** @description What they are to the school. */
                role: components["schemas"]["Role"];
                /**
                 * Format: date-time
                 * @description When an admin shut them out, if so.
                 */
                suspended_at?: string | null;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_QuizResult: {
            /** @description In the list's order. */
            items: {
                /**
                 * Format: int32
                 * @description Attempts that have ended.
                 */
                attempts: number;
                /**
                 * Format: uuid
                 * @description The last of these.
                 */
                last_attempt: string;
                /** @description How others see them. */
                name: string;
                /** @description Whether it is enough. */
                passed: boolean;
                /**
                 * Format: uuid
                 * @description Who.
                 */
                person: string;
                /** @description The score that counts. */
                score: components["schemas"]["Points"];
                /** @description What it could have been. */
                score_max: components["schemas"]["Points"];
                /**
                 * Format: date-time
                 * @description When it ended.
                 */
                updated_at: string;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Recording: {
            /** @description In the list's order. */
            items: {
                /**
                 * Format: int64
                 * @description How much of it is stored.
                 */
                bytes: number;
                /**
                 * Format: uuid
                 * @description Of which course.
                 */
                course: string;
                /**
                 * Format: double
                 * @description How long it is, so far, seconds.
                 */
                duration_s: number;
                /**
                 * Format: uuid
                 * @description Which.
                 */
                id: string;
                /** @description Whether there is something to play. */
                is_playable: boolean;
                /**
                 * Format: uuid
                 * @description What the class is about, if it is about one lesson.
                 */
                lesson?: string | null;
                /**
                 * Format: uuid
                 * @description Of which class.
                 */
                live: string;
                /** @description Whether the caller may delete it. */
                may_change: boolean;
                reason?: components["schemas"]["RecordingFailure"] | null;
                /**
                 * Format: date-time
                 * @description When the class began.
                 */
                started_at: string;
                /** @description Where it is in its life. */
                state: components["schemas"]["RecordingState"];
                /** @description The class' title. */
                title: string;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Session: {
            /** @description In the list's order. */
            items: {
                /** @description Where it last called from: an IPv4 address, or the first 64 bits of an IPv6 address. */
                address: string;
                /**
                 * Format: date-time
                 * @description When it signed in.
                 */
                created_at: string;
                /** @description Whether it is the one that asks. */
                current: boolean;
                /**
                 * Format: uuid
                 * @description The session's id.
                 */
                id: string;
                /**
                 * Format: date-time
                 * @description When it last signed in or refreshed its tokens.
                 */
                last_used_at: string;
                /** @description What the client calls itself. */
                user_agent: string;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Student: {
            /** @description In the list's order. */
            items: {
                /** @description Where mail reaches them. */
                email: string;
                /**
                 * Format: date-time
                 * @description When.
                 */
                enrolled_at: string;
                /**
                 * Format: uuid
                 * @description Who.
                 */
                id: string;
                /** @description How others see them. */
                name: string;
                /** @description How they got in. */
                source: components["schemas"]["Enrolment"];
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_StudentStanding: {
            /** @description In the list's order. */
            items: {
                /**
                 * Format: int64
                 * @description How many of these are complete.
                 */
                completed: number;
                /**
                 * Format: date-time
                 * @description As in a portfolio.
                 */
                last_activity_at: string;
                /**
                 * Format: int64
                 * @description How many lessons the course has.
                 */
                lessons: number;
                /** @description How others see them. */
                name: string;
                /**
                 * Format: int32
                 * @description As in a portfolio.
                 */
                percent: number;
                /**
                 * Format: uuid
                 * @description Who.
                 */
                person: string;
                /**
                 * Format: double
                 * @description Of all quizzes taken; none before the first.
                 */
                score_percent?: number | null;
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_TaughtCourse: {
            /** @description In the list's order. */
            items: {
                /** @description How students get in. */
                enrolment: components["schemas"]["Enrolment"];
                /**
                 * Format: uuid
                 * @description Which.
                 */
                id: string;
                /**
                 * Format: int64
                 * @description How many lessons students see.
                 */
                lessons: number;
                /**
                 * Format: date-time
                 * @description When it was published first.
                 */
                published_at?: string | null;
                /** @description Who sees it. */
                state: components["schemas"]["CourseState"];
                /**
                 * Format: int64
                 * @description How many students are in it.
                 */
                students: number;
                /** @description What it is about, in a sentence or two. */
                summary: string;
                /** @description One line. */
                title: string;
                /** @description Its tutors' names, in the order in which they came. */
                tutors: string[];
            }[];
            /** @description To be sent as `after` for the next page; `null` on the last one. */
            next?: string | null;
        };
        /** @description One of them. */
        Part: {
            /** @description What there is to say about that. */
            detail: string;
            /** @description What was measured, by name; the end of a name is its unit: `_ms`, `_s`, `_bytes`. */
            figures: {
                [key: string]: number;
            };
            /**
             * @description `postgres`, `replica`, `bus`, `cache`, `blobs`, `audit`, `mail`, `outbox`, `webhooks`, `recordings`, `streams`, or `breaker`
             *     and what it is around.
             */
            name: string;
            /** @description How it is. */
            state: components["schemas"]["PartState"];
        };
        /**
         * @description How a part is.
         * @enum {string}
         */
        PartState: "ok" | "degraded" | "down" | "off";
        /** @description The password that is, and the one that shall be. */
        PasswordChange: {
            /**
             * Format: password
             * @description As it shall be: 8 to 128 characters.
             */
            new: string;
            /**
             * Format: password
             * @description As it is.
             */
            old: string;
        };
        /** @description A person, as they see themselves and as an admin sees them. */
        Person: {
            /**
             * Format: date-time
             * @description When they signed up.
             */
            created_at: string;
            /** @description Where mail reaches them. */
            email: string;
            /**
             * Format: uuid
             * @description Who.
             */
            id: string;
            /** @description How others see them. */
            name: string;
            /** @description What they are to the school. */
            role: components["schemas"]["Role"];
            /**
             * Format: date-time
             * @description When an admin shut them out, if so.
             */
            suspended_at?: string | null;
        };
        /** @description What an admin changes about somebody; what is absent stays. */
        PersonChange: {
            /** @description How others see them. */
            name?: string | null;
            role?: components["schemas"]["Role"] | null;
            /** @description Whether they are shut out, which ends all their sessions. */
            suspended?: boolean | null;
        };
        /** @description Somebody's place in a course. */
        Place: {
            /**
             * Format: uuid
             * @description In which.
             */
            course_id: string;
            /**
             * Format: date-time
             * @description When.
             */
            enrolled_at: string;
            /** @description How they got in. */
            source: components["schemas"]["Enrolment"];
        };
        /** @description A right to play a recording. Addresses of ours are good together with a session of whoever asked; others by themselves. */
        Playback: {
            /** @description Each track's own, if there is one. */
            camera?: string | null;
            /** @description Captions, a language each. */
            captions: components["schemas"]["CaptionsOffer"][];
            /** @description WebVTT. */
            chapters: string;
            /** @description What was said and asked: WebVTT, each cue a line of JSON. */
            chat: string;
            /**
             * Format: double
             * @description How long it is, so far, seconds.
             */
            duration_s: number;
            /**
             * Format: date-time
             * @description Until when it is good.
             */
            expires_at: string;
            /** @description Whether it is over and its end is missing: the recorder could not go on. */
            is_cut_short: boolean;
            /** @description Whether the class goes on: playlists grow. */
            is_live: boolean;
            /** @description The playlist of all tracks. */
            playlist: string;
            /**
             * Format: int32
             * @description Where the caller stopped, seconds; 0 if nowhere.
             */
            position_s: number;
            /** @description A picture of it. */
            poster?: string | null;
            /** @description As `camera`. */
            screen?: string | null;
            /** @description As `camera`. */
            sound?: string | null;
            /**
             * Format: date-time
             * @description When the class began: zero of the recording's time line.
             */
            started_at: string;
            storyboard?: components["schemas"]["Storyboard"] | null;
            /** @description Part of the addresses. */
            ticket: string;
        };
        /**
         * Format: double
         * @description An amount of points, in hundredths. In JSON a number of points: `2.5`.
         */
        Points: number;
        /** @description Everything that somebody learns, and how far they are. */
        Portfolio: {
            /** @description The courses that they are in, but drafts; where they did something last comes first. 200 at most. */
            courses: components["schemas"]["CourseStanding"][];
            /**
             * Format: int64
             * @description How many lessons they ever completed, in courses that they left too.
             */
            lessons_completed: number;
            /** @description Days on which they learnt, without a gap. */
            streak: components["schemas"]["Streak"];
        };
        /** @description How [`Problem`] looks, for the OpenAPI document (RFC 9457). */
        Problem: {
            /** @description Stable; what programs match on. */
            code: string;
            /** @description What is wrong this time. */
            detail?: string | null;
            /** @description Every field at fault. */
            errors?: components["schemas"]["FieldError"][] | null;
            /** @description The name under which the logs know the request. */
            request_id?: string | null;
            /**
             * Format: date-time
             * @description Of `class_not_live`: when the class is to begin.
             */
            starts_at?: string | null;
            /**
             * Format: int32
             * @description The response's status.
             */
            status: number;
            /** @description The same for every occurrence. */
            title: string;
            /** @description `urn:lectern:problem:` and the code. */
            type: string;
        };
        /** @description How far a student is in a lesson. */
        Progress: {
            /**
             * Format: date-time
             * @description When they completed the lesson.
             */
            completed_at?: string | null;
            completed_by?: components["schemas"]["Completion"] | null;
            /**
             * Format: int32
             * @description Where they stopped, seconds.
             */
            position_s: number;
            /**
             * Format: int32
             * @description How long the video is, seconds.
             */
            video_s?: number | null;
            /**
             * Format: int32
             * @description How much of the video they watched, seconds.
             */
            watched_s: number;
        };
        /** @description A question as a student sees it. */
        Question: {
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: int32
             * @description What it is worth.
             */
            points: number;
            /** @description What is asked. */
            prompt: string;
            /** @description What is to be done. */
            task: components["schemas"]["Task"];
        };
        /** @description A quiz, as everybody who may know of it sees it. */
        Quiz: {
            /**
             * Format: int32
             * @description How many attempts a person has, 1 to 100. Default 1.
             */
            attempts_max?: number;
            /**
             * Format: date-time
             * @description No attempt starts then or later, and each ends then at the latest.
             */
            closes_at?: string | null;
            /** @description When those who took it see the keys. Default never. */
            keys_shown?: components["schemas"]["KeysShown"];
            /**
             * Format: date-time
             * @description No attempt starts before.
             */
            opens_at?: string | null;
            /**
             * Format: int32
             * @description Percent of the points with which it is passed, 0 to 100. Default 50.
             */
            pass_percent?: number;
            /** @description Whether students see it. Default false. */
            published?: boolean;
            /** @description Which of their scores counts. Default the best. */
            score_kept?: components["schemas"]["ScoreKept"];
            /**
             * Format: int32
             * @description How long an attempt may take, seconds, 10 to 86,400; without it until the quiz closes.
             */
            time_limit_s?: number | null;
            /** @description 1 to 120 characters. */
            title: string;
        } & {
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: uuid
             * @description Of which lesson.
             */
            lesson: string;
            /**
             * Format: date-time
             * @description The clock that counts.
             */
            now: string;
            /**
             * Format: int64
             * @description What they are worth together.
             */
            points: number;
            /**
             * Format: int64
             * @description How many questions it has.
             */
            questions: number;
            standing?: components["schemas"]["MyStanding"] | null;
        };
        /** @description What a student got in a quiz. */
        QuizDetail: {
            /**
             * Format: int32
             * @description Attempts that have ended.
             */
            attempts: number;
            /**
             * Format: date-time
             * @description When the last of these did.
             */
            ended_at?: string | null;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: uuid
             * @description Of which lesson.
             */
            lesson: string;
            /** @description Whether it is enough. */
            passed: boolean;
            score?: components["schemas"]["Points"] | null;
            score_max?: components["schemas"]["Points"] | null;
            /** @description One line. */
            title: string;
        };
        /** @description How a quiz goes, among those who are in the course. */
        QuizOverview: {
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: int64
             * @description How many of these passed.
             */
            passed: number;
            /**
             * Format: double
             * @description The mean of the scores that count; none before the first.
             */
            score_percent_mean?: number | null;
            /**
             * Format: int64
             * @description How many ended an attempt.
             */
            taken: number;
            /** @description One line. */
            title: string;
        };
        /** @description What somebody got in a quiz. */
        QuizResult: {
            /**
             * Format: int32
             * @description Attempts that have ended.
             */
            attempts: number;
            /**
             * Format: uuid
             * @description The last of these.
             */
            last_attempt: string;
            /** @description How others see them. */
            name: string;
            /** @description Whether it is enough. */
            passed: boolean;
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
            /** @description The score that counts. */
            score: components["schemas"]["Points"];
            /** @description What it could have been. */
            score_max: components["schemas"]["Points"];
            /**
             * Format: date-time
             * @description When it ended.
             */
            updated_at: string;
        };
        /** @description What a tutor decides about a quiz. */
        QuizSettings: {
            /**
             * Format: int32
             * @description How many attempts a person has, 1 to 100. Default 1.
             */
            attempts_max?: number;
            /**
             * Format: date-time
             * @description No attempt starts then or later, and each ends then at the latest.
             */
            closes_at?: string | null;
            /** @description When those who took it see the keys. Default never. */
            keys_shown?: components["schemas"]["KeysShown"];
            /**
             * Format: date-time
             * @description No attempt starts before.
             */
            opens_at?: string | null;
            /**
             * Format: int32
             * @description Percent of the points with which it is passed, 0 to 100. Default 50.
             */
            pass_percent?: number;
            /** @description Whether students see it. Default false. */
            published?: boolean;
            /** @description Which of their scores counts. Default the best. */
            score_kept?: components["schemas"]["ScoreKept"];
            /**
             * Format: int32
             * @description How long an attempt may take, seconds, 10 to 86,400; without it until the quiz closes.
             */
            time_limit_s?: number | null;
            /** @description 1 to 120 characters. */
            title: string;
        };
        /** @description A quiz in the list of its lesson. */
        QuizSummary: {
            /**
             * Format: date-time
             * @description Until when.
             */
            closes_at?: string | null;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: date-time
             * @description From when it can be taken.
             */
            opens_at?: string | null;
            /** @description Whether students see it. */
            published: boolean;
            /** @description Its title. */
            title: string;
        };
        /** @description The quizzes of a lesson. */
        Quizzes: {
            /** @description The oldest first. */
            items: components["schemas"]["QuizSummary"][];
        };
        /** @description Which class was recorded. */
        RecordedClass: {
            /**
             * Format: uuid
             * @description In which course.
             */
            course: string;
            /**
             * Format: uuid
             * @description What the class was about, if it was about one lesson.
             */
            lesson?: string | null;
            /**
             * Format: uuid
             * @description Which.
             */
            live: string;
            /**
             * Format: uuid
             * @description Its recording.
             */
            recording: string;
            /** @description The class' title. */
            title: string;
        };
        /** @description The end of a recording. */
        RecorderEnd: {
            /**
             * Format: int64
             * @description How much of it is stored.
             */
            bytes: number;
            /** @description The same, for operators. */
            detail?: string | null;
            /**
             * Format: int64
             * @description How long it is, milliseconds.
             */
            duration_ms: number;
            /** @description Whether there is a playlist, of one that failed too. One that is ready has one. */
            is_playable?: boolean;
            /** @description What else is to be known of it, without its files: chapters come from its `marks`. */
            manifest?: Record<string, never> | null;
            /** @description How. */
            outcome: components["schemas"]["RecorderOutcome"];
            reason?: components["schemas"]["RecordingFailure"] | null;
            /**
             * Format: int32
             * @description That of the job.
             */
            run: number;
        };
        /** @description A class that is to be recorded, by whoever got this answer. */
        RecorderJob: {
            /** @description Where its files go in the store of blobs. */
            folder: string;
            /** @description Whether the class goes on; if not, there is only something to finish. */
            go_on: boolean;
            /**
             * Format: uuid
             * @description The recording's.
             */
            id: string;
            /**
             * Format: int32
             * @description How long nothing may be heard before another gets it, seconds.
             */
            lease_s: number;
            /** @description The room's name. */
            room: string;
            /**
             * Format: int32
             * @description Which attempt this is, from 1: to be said with everything about it, and part of the names of files.
             */
            run: number;
            /**
             * Format: date-time
             * @description When the class began: zero of the recording's time line.
             */
            started_at: string;
            /** @description The room's token. */
            token: string;
            /** @description Where to watch; relative to the media server if it begins with a slash. */
            whep: string;
        };
        /**
         * @description How it ended.
         * @enum {string}
         */
        RecorderOutcome: "ready" | "failed";
        /** @description Who gives a job back. */
        RecorderRelease: {
            /**
             * Format: int32
             * @description That of the job.
             */
            run: number;
        };
        /** @description How far a recording is. */
        RecorderRenewal: {
            /**
             * Format: int64
             * @description How much of it is stored.
             */
            bytes: number;
            /**
             * Format: int64
             * @description How long it is, milliseconds.
             */
            duration_ms: number;
            /** @description Whether there is a playlist. */
            is_playable: boolean;
            /**
             * Format: int32
             * @description That of the job.
             */
            run: number;
        };
        /** @description What becomes of it. */
        RecorderRenewed: {
            /** @description Whether the class goes on; if not, finish. */
            go_on: boolean;
            /** @description The room's token anew. */
            token: string;
        };
        /** @description The recording of a class. */
        Recording: {
            /**
             * Format: int64
             * @description How much of it is stored.
             */
            bytes: number;
            /**
             * Format: uuid
             * @description Of which course.
             */
            course: string;
            /**
             * Format: double
             * @description How long it is, so far, seconds.
             */
            duration_s: number;
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /** @description Whether there is something to play. */
            is_playable: boolean;
            /**
             * Format: uuid
             * @description What the class is about, if it is about one lesson.
             */
            lesson?: string | null;
            /**
             * Format: uuid
             * @description Of which class.
             */
            live: string;
            /** @description Whether the caller may delete it. */
            may_change: boolean;
            reason?: components["schemas"]["RecordingFailure"] | null;
            /**
             * Format: date-time
             * @description When the class began.
             */
            started_at: string;
            /** @description Where it is in its life. */
            state: components["schemas"]["RecordingState"];
            /** @description The class' title. */
            title: string;
        };
        /**
         * @description Why a recording failed, or lacks its end.
         * @enum {string}
         */
        RecordingFailure: "disk_full" | "nothing_recorded" | "room_unreachable" | "store_unreachable" | "internal" | "abandoned";
        /**
         * @description Where a recording is in its life.
         * @enum {string}
         */
        RecordingState: "waiting" | "recording" | "ready" | "failed";
        /** @description The mail's token, and the password that shall be. */
        Redemption: {
            /**
             * Format: password
             * @description 8 to 128 characters.
             */
            password: string;
            /** @description What stands in the mail's link, after `#token=`. */
            token: string;
        };
        /** @description What goes on with a session. */
        Refresh: {
            /** @description The one that came last. */
            refresh_token: string;
        };
        /** @description Whose password is forgotten. */
        ResetWish: {
            /**
             * Format: email
             * @description The address of the account.
             */
            email: string;
        };
        /**
         * @description [`Role`] in the OpenAPI document: `#[schema(value_type = RoleSchema)]`.
         * @enum {string}
         */
        Role: "student" | "tutor" | "admin";
        /**
         * @description Which score of several attempts is kept.
         * @enum {string}
         */
        ScoreKept: "best" | "last" | "average";
        /** @description A browser or program that somebody is signed in with. */
        Session: {
            /** @description Where it last called from: an IPv4 address, or the first 64 bits of an IPv6 address. */
            address: string;
            /**
             * Format: date-time
             * @description When it signed in.
             */
            created_at: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /**
             * Format: uuid
             * @description The session's id.
             */
            id: string;
            /**
             * Format: date-time
             * @description When it last signed in or refreshed its tokens.
             */
            last_used_at: string;
            /** @description What the client calls itself. */
            user_agent: string;
        };
        /** @description Somebody who is signed in. */
        SignedIn: {
            /** @description To be sent as `Authorization: Bearer …`; absent if it came as a cookie. */
            access_token?: string | null;
            /**
             * Format: int64
             * @description How long the access token is good, seconds.
             */
            expires_in: number;
            /** @description Who. */
            person: components["schemas"]["Person"];
            /** @description Good for one `POST /v1/session/refresh`; absent if it came as a cookie. */
            refresh_token?: string | null;
            /**
             * Format: uuid
             * @description The session's id.
             */
            session: string;
        };
        /** @description Somebody new. */
        SignUp: {
            /** @description Whether the tokens come as cookies, for a browser, or in the body. */
            cookies?: boolean;
            /**
             * Format: email
             * @description Where mail reaches them.
             */
            email: string;
            /** @description How others see them. */
            name: string;
            /**
             * Format: password
             * @description 8 to 128 characters.
             */
            password: string;
        };
        /** @description The caller's own place. */
        Standing: {
            /**
             * Format: int64
             * @description As in [`Place`].
             */
            rank: number;
            /** @description Their points. */
            score: components["schemas"]["Points"];
        };
        /** @description One picture with many in it, row by row. */
        Storyboard: {
            /**
             * Format: int32
             * @description In a row.
             */
            columns: number;
            /**
             * Format: int32
             * @description Of each, in pixels.
             */
            tile_height: number;
            /**
             * Format: int32
             * @description Of each, in pixels.
             */
            tile_width: number;
            /** @description Which moments they show, milliseconds. */
            times_ms: number[];
            /** @description Its address. */
            url: string;
        };
        /** @description Days, in UTC, on which somebody learnt, without a gap between them. */
        Streak: {
            /**
             * Format: int64
             * @description The most there ever were.
             */
            best: number;
            /**
             * Format: int64
             * @description How many up to today; up to yesterday while today's is still to come.
             */
            days: number;
            /** @description Whether today is one. */
            today: boolean;
        };
        /** @description A student of a course, as its tutors see them. */
        Student: {
            /** @description Where mail reaches them. */
            email: string;
            /**
             * Format: date-time
             * @description When.
             */
            enrolled_at: string;
            /**
             * Format: uuid
             * @description Who.
             */
            id: string;
            /** @description How others see them. */
            name: string;
            /** @description How they got in. */
            source: components["schemas"]["Enrolment"];
        };
        /** @description All that a student did in a course. */
        StudentDetail: {
            /**
             * Format: date-time
             * @description When they came in.
             */
            enrolled_at: string;
            /**
             * Format: date-time
             * @description When they left, if they did.
             */
            left_at?: string | null;
            /** @description All lessons that students see, in their order, and others that they began. */
            lessons: components["schemas"]["LessonDetail"][];
            /** @description How others see them. */
            name: string;
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
            /** @description All quizzes that students see, and others that they took, by lesson. */
            quizzes: components["schemas"]["QuizDetail"][];
        };
        /** @description How far a student is in a course. */
        StudentStanding: {
            /**
             * Format: int64
             * @description How many of these are complete.
             */
            completed: number;
            /**
             * Format: date-time
             * @description As in a portfolio.
             */
            last_activity_at: string;
            /**
             * Format: int64
             * @description How many lessons the course has.
             */
            lessons: number;
            /** @description How others see them. */
            name: string;
            /**
             * Format: int32
             * @description As in a portfolio.
             */
            percent: number;
            /**
             * Format: uuid
             * @description Who.
             */
            person: string;
            /**
             * Format: double
             * @description Of all quizzes taken; none before the first.
             */
            score_percent?: number | null;
        };
        /** @description The parts. */
        System: {
            parts: components["schemas"]["Part"][];
        };
        /** @description What is to be done, as a student sees it. */
        Task: {
            /** @enum {string} */
            kind: "single";
            /** @description 2 to 20; answers and the key name them by their place, from 0. */
            options: string[];
        } | {
            /** @enum {string} */
            kind: "multiple";
            /** @description 2 to 20. */
            options: string[];
        } | {
            /** @enum {string} */
            kind: "numeric";
        } | {
            /** @enum {string} */
            kind: "short_text";
        };
        /** @description A course in the list of those who may change it. */
        TaughtCourse: {
            /** @description How students get in. */
            enrolment: components["schemas"]["Enrolment"];
            /**
             * Format: uuid
             * @description Which.
             */
            id: string;
            /**
             * Format: int64
             * @description How many lessons students see.
             */
            lessons: number;
            /**
             * Format: date-time
             * @description When it was published first.
             */
            published_at?: string | null;
            /** @description Who sees it. */
            state: components["schemas"]["CourseState"];
            /**
             * Format: int64
             * @description How many students are in it.
             */
            students: number;
            /** @description What it is about, in a sentence or two. */
            summary: string;
            /** @description One line. */
            title: string;
            /** @description Its tutors' names, in the order in which they came. */
            tutors: string[];
        };
        /** @description A tutor of a course. */
        Tutor: {
            /** @description Where mail reaches them. */
            email: string;
            /**
             * Format: uuid
             * @description Who.
             */
            id: string;
            /** @description How others see them. */
            name: string;
        };
        /** @description Everybody who teaches a course. */
        Tutors: {
            /** @description In the order in which they came. */
            items: components["schemas"]["Tutor"][];
        };
        /** @description Where to send a file: one `PUT`, with these headers and the file as the body. Then confirm it. */
        UploadTarget: {
            /**
             * Format: date-time
             * @description Until when the address is good.
             */
            expires_at: string;
            /** @description Name and value. */
            headers: {
                [key: string]: string;
            };
            /** @description The address; relative to where the page comes from if it begins with a slash. */
            url: string;
        };
        /** @description Where to fetch a lesson's video as it was uploaded, and how far it is on its way to be streamed. */
        VideoAddress: components["schemas"]["MaterialAddress"] & {
            packaging?: components["schemas"]["Packaging"] | null;
        };
        /** @description Another system that is told what happens. */
        Webhook: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Why not: `admin`, `failing` (for three days) or `gone` (it answered `410`). */
            disabled_reason?: string | null;
            /** @description Whether it is told anything. */
            enabled: boolean;
            /**
             * Format: date-time
             * @description Since when nothing arrived there.
             */
            failing_since?: string | null;
            /** Format: uuid */
            id: string;
            /** @description The kinds of events that it is told; none: all. */
            kinds: string[];
            /** @description What its deliveries are signed with. Shown once: when it is new. */
            secret?: string | null;
            /** @description Where it is. */
            url: string;
        };
        /** @description What is to be otherwise. */
        WebhookChange: {
            enabled?: boolean | null;
            kinds?: string[] | null;
            /** @description Makes a new secret. For a day deliveries are signed with the old one too. */
            new_secret?: boolean;
            url?: string | null;
        };
        /** @description All webhooks. */
        Webhooks: {
            /** @description The oldest first. */
            items: components["schemas"]["Webhook"][];
        };
        /** @description Where a tutor publishes. */
        Whip: {
            /** @description Camera and voice. */
            camera: string;
            /** @description The screen and its sound. */
            screen: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
};
export type $defs = Record<string, never>;
export interface operations {
    get_attempts_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attempt"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_attempts_id_answers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAnswers"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `attempt_over` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_attempts_id_submit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attempt"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_audit: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Those of this course. */
                course?: string;
                /** @description Not before. Default: a month before `until`. */
                from?: string;
                /** @description Of this kind alone: `account.login`. */
                kind?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
                /** @description Those in which this person acted, or was acted upon. Not together with `course`. */
                person?: string;
                /** @description Before. Default: now. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditRecord"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_calendar_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                secret: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
                /** @description Words of the title; the beginning of a word is enough. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_CourseSummary"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCourse"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Course"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Course"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_courses_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `course_has_students` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_courses_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CourseChange"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Course"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `course_was_published`, `course_is_draft` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses_id_code: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Course"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses_id_enrolment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Admission"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Place"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `course_closed`, `enrolment_by_list` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_courses_id_enrolment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_enrolments: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Student"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses_id_enrolments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClassList"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listed"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_courses_id_enrolments_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_leaderboard: {
        parameters: {
            query?: {
                /** @description Places wanted at most, 1 to 100. Default 20. */
                limit?: number;
                /** @description How many to leave out, from the best on; 0 if nothing is said. */
                skip?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Leaderboard"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_lessons: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outline"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses_id_lessons: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLesson"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lesson"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_lessons` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_courses_id_lessons_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LessonOrder"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outline"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lessons_changed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_live: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
                /** @description Default `upcoming`. */
                when?: "upcoming" | "past";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_LiveSession"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses_id_live: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLiveSession"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveSession"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `course_archived`, `too_many_classes` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_overview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_progress: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_StudentStanding"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_recordings: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Recording"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_students_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StudentDetail"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_tutors: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tutors"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses_id_tutors: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTutor"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tutors"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_tutors` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_courses_id_tutors_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_tutor` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_events: {
        parameters: {
            query?: {
                /** @description The last id that was seen, for clients that cannot send the header `Last-Event-ID`, which goes before it. */
                last_event_id?: number;
            };
            header?: {
                /** @description The last id that was seen */
                "Last-Event-ID"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_lessons_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lesson"];
                };
            };
            /** @description `enrolment_needed`; `course` says in which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lesson_locked`; the lessons of `course` say what has to be done first */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_lessons_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lesson_has_progress` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_lessons_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LessonChange"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lesson"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_lessons_id_done: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Progress"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lesson_locked`, `not_to_be_marked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_lessons_id_materials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Materials"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lesson_locked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_lessons_id_materials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMaterial"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AwaitedMaterial"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_materials`, `course_full` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_lessons_id_progress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Progress"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lesson_locked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_lessons_id_progress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Heartbeat"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Progress"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lesson_locked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_lessons_id_quizzes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quizzes"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_lessons_id_quizzes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuizSettings"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quiz"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_quizzes` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_lessons_id_video: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VideoAddress"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lesson_locked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_lessons_id_video: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewVideo"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AwaitedMaterial"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `course_full` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_lessons_id_video: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `video_needed` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_lessons_id_video_confirm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Material"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `upload_missing` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `upload_mismatch` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_lessons_id_video_playback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Playback"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `video_not_packaged`, `lesson_locked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_live_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveSession"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_live_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `class_over`, `class_is_live` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_live_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LiveSessionChange"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveSession"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `class_over`, `class_is_live` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_live_id_attendance: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Attendee"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_live_id_chat: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ArchivedMessage"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_live_id_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveSession"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `class_over`, `class_not_live` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_live_id_join: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveTicket"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `class_over`, `class_not_live` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_live_id_polls: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ArchivedPoll"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_live_id_start: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveSession"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `class_over` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_materials_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_materials_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MaterialChange"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Material"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_materials_id_address: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MaterialAddress"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lesson_locked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_materials_id_confirm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Material"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `upload_missing` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `upload_mismatch` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MeChange"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_me_calendar: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Classes that end after it. Default: now. */
                from?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
                /** @description Whether only classes that are live are wanted. Default: no. */
                live?: boolean;
                /** @description Classes that begin before it: 400 days later at most. Default: 90 days later. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_LiveSession"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_me_calendar_address: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarAddress"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_me_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Changed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_me_portfolio: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Portfolio"];
                };
            };
            /** @description It is as it was */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_me_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Session"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_me_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Signed out everywhere */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_me_sessions_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Ended */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_me_teaching: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
                /** @description Words of the title; the beginning of a word is enough. */
                q?: string;
                /** @description In this state alone. */
                state?: components["schemas"]["CourseState"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_TaughtCourse"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_oidc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OidcProvider"][];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_oidc_provider_callback: {
        parameters: {
            query?: {
                /** @description To be exchanged for who they are. */
                code?: string;
                /** @description Why there is no code. */
                error?: string;
                /** @description Who sends them back (RFC 9207). */
                iss?: string;
                /** @description As it was at the start. */
                state?: string;
            };
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Signed in, to where one wanted to go; else to `/login?error=CODE` */
            302: {
                headers: {
                    /** @description Where to go */
                    location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_oidc_provider_start: {
        parameters: {
            query?: {
                /** @description A path of the school. Default `/me`. */
                return_to?: string;
            };
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description To the provider; to `/login?error=CODE` if it does not answer */
            302: {
                headers: {
                    /** @description Where to go */
                    location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_password_resets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetWish"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description If there is such an account, a mail is on its way */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_password_resets_redeem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Redemption"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The password is set */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_people: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
                /** @description Those whose name or address has this in it, in any case. */
                q?: string;
                /** @description Those with this role alone. */
                role?: components["schemas"]["Role"];
                /** @description Those who are suspended, or those who are not. */
                suspended?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Person"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_people: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignUp"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `email_taken` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_people_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_people_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonChange"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_admin` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_playback_ticket_playlist: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                playlist: string;
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.apple.mpegurl": string;
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ticket_invalid`, `ticket_expired`, `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_playback_ticket_captions_language: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                language: string;
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/vtt": string;
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ticket_invalid`, `ticket_expired`, `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_playback_ticket_chapters_vtt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/vtt": string;
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ticket_invalid`, `ticket_expired`, `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_playback_ticket_chat_vtt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/vtt": string;
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ticket_invalid`, `ticket_expired`, `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_quizzes_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quiz"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_quizzes_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuizSettings"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quiz"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `quiz_has_attempts`, `quiz_empty` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_quizzes_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `quiz_has_attempts` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_quizzes_id_analysis: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Analysis"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_quizzes_id_attempts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attempt"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attempt"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `quiz_not_open`, `quiz_closed`, `no_attempts_left` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_quizzes_id_extra_time: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExtraTimes"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_quizzes_id_extra_time: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExtraTime"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExtraTimes"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_quizzes_id_leaderboard: {
        parameters: {
            query?: {
                /** @description Places wanted at most, 1 to 100. Default 20. */
                limit?: number;
                /** @description How many to leave out, from the best on; 0 if nothing is said. */
                skip?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Leaderboard"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_quizzes_id_questions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyedQuestions"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_quizzes_id_questions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewQuestions"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyedQuestions"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `quiz_has_attempts` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_quizzes_id_results: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_QuizResult"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_recorder_jobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClaim"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecorderJob"];
                };
            };
            /** @description There is nothing to do */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_recorder_jobs_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecorderRenewal"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecorderRenewed"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lease_lost` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_recorder_jobs_id_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecorderEnd"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lease_lost` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_recorder_jobs_id_release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecorderRelease"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lease_lost` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_recorder_packagings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClaim"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagingJob"];
                };
            };
            /** @description There is nothing to do */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_recorder_packagings_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PackagingRenewal"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The video is let go of: nothing is to be made of it any more */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lease_lost` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_recorder_packagings_id_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PackagingEnd"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The video is let go of, and so is what was made of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lease_lost` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_recorder_packagings_id_release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecorderRelease"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `lease_lost` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_recordings_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_recordings_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `video_needed` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_recordings_id_captions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaptionsList"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_recordings_id_captions_language: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                language: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCaptions"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Captions"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_captions` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_recordings_id_captions_language: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                language: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_recordings_id_playback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Playback"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `enrolment_needed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `recording_not_ready`, `lesson_locked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `login_refused` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `suspended` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Signed out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_session_refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Refresh"] | null;
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `refresh_refused`, `refresh_reused` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_system: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["System"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_webhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhooks"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_webhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebhook"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_webhooks` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_webhooks_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_webhooks_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_webhooks_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description The body is not JSON, or did not arrive */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not said to be JSON */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_webhooks_id_deliveries: {
        parameters: {
            query?: {
                /** @description `next` of the page before; the first page without it. */
                after?: string;
                /** @description Items wanted at most, 1 to 100. Default 50. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Delivery"];
                };
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not valid: `errors` names each field at fault and what is allowed there */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_webhooks_id_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`) */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Nobody is signed in, or not any more */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller's role may not do this, or the page that calls */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is none, or it is not the caller's to know of */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_disabled` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
