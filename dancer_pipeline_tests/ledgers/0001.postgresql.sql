
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.audit (
    id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    video_id character varying(80) NOT NULL,
    version character varying(200) NOT NULL,
    action character varying(40) NOT NULL,
    outcome text NOT NULL,
    is_dry_run boolean NOT NULL,
    run_id character varying(40)
);

CREATE SEQUENCE public.audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.audit_id_seq OWNED BY public.audit.id;

CREATE TABLE public.uploads (
    video_id character varying(80) NOT NULL,
    version character varying(200) NOT NULL,
    bucket text NOT NULL,
    key text NOT NULL,
    owner text,
    size_bytes bigint NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    state character varying(20) NOT NULL,
    attempt integer NOT NULL,
    cleanup_attempt integer NOT NULL,
    worker_losses integer NOT NULL,
    not_before timestamp with time zone,
    cleanup_pending boolean NOT NULL,
    report_pending boolean NOT NULL,
    problem character varying(20),
    reason text,
    run_id character varying(40),
    analysed_at timestamp with time zone,
    deleted_at timestamp with time zone
);

ALTER TABLE ONLY public.audit ALTER COLUMN id SET DEFAULT nextval('public.audit_id_seq'::regclass);

INSERT INTO public.audit VALUES (1, '2026-11-20 14:16:35.300708+00', 'video-completed', 'v1', 'cleanup', 'about to be deleted', false, 'run-2');
INSERT INTO public.audit VALUES (2, '2026-11-20 14:16:35.301654+00', 'video-completed', 'v1', 'cleanup', 'deleted', false, 'run-2');

INSERT INTO public.uploads VALUES ('video-received', 'v1', 'inbox', 'received.mp4', NULL, 10, '2026-01-02 03:04:05.678901+00', '2026-11-20 14:16:35.28907+00', '2026-11-20 14:16:35.28907+00', 'received', 0, 0, 0, NULL, false, false, NULL, 'why received', NULL, NULL, NULL);
INSERT INTO public.uploads VALUES ('video-queued', 'v1', 'inbox', 'anna/queued.mp4', 'anna', 11, '2026-01-02 03:04:06.678901+00', '2026-11-20 14:16:35.290726+00', '2026-11-20 14:16:35.290726+00', 'queued', 0, 0, 0, NULL, false, false, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.uploads VALUES ('video-processing', 'v1', 'inbox', 'processing.mp4', NULL, 12, '2026-01-02 03:04:07.678901+00', '2026-11-20 14:16:35.291794+00', '2026-11-20 14:16:35.291794+00', 'processing', 0, 0, 0, NULL, false, false, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.uploads VALUES ('video-superseded', 'v1', 'inbox', 'superseded.mp4', NULL, 16, '2026-01-02 03:04:11.678901+00', '2026-11-20 14:16:35.295438+00', '2026-11-20 14:16:35.295438+00', 'superseded', 0, 0, 0, NULL, false, false, NULL, 'why superseded', NULL, NULL, NULL);
INSERT INTO public.uploads VALUES ('video-gone', 'v1', 'inbox', 'anna/gone.mp4', 'anna', 17, '2026-01-02 03:04:12.678901+00', '2026-11-20 14:16:35.296256+00', '2026-11-20 14:16:35.296256+00', 'gone', 0, 0, 0, NULL, false, false, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.uploads VALUES ('video-ignored', 'v1', 'inbox', 'ignored.mp4', NULL, 18, '2026-01-02 03:04:13.678901+00', '2026-11-20 14:16:35.297209+00', '2026-11-20 14:16:35.297209+00', 'ignored', 0, 0, 0, NULL, false, false, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.uploads VALUES ('video-expired', 'v1', 'inbox', 'anna/expired.mp4', 'anna', 19, '2026-01-02 03:04:14.678901+00', '2026-11-20 14:16:35.29817+00', '2026-11-20 14:16:35.29817+00', 'expired', 0, 0, 0, NULL, false, false, NULL, 'why expired', NULL, NULL, NULL);
INSERT INTO public.uploads VALUES ('video-failed', 'v1', 'inbox', 'anna/failed.mp4', 'anna', 15, '2026-01-02 03:04:10.678901+00', '2026-11-20 14:16:35.294588+00', '2026-11-20 14:16:35.298752+00', 'failed', 3, 0, 0, '2026-01-02 03:04:05.678901+00', false, true, 'bad_video', NULL, 'run-1', NULL, NULL);
INSERT INTO public.uploads VALUES ('video-analysed', 'v1', 'inbox', 'anna/analysed.mp4', 'anna', 13, '2026-01-02 03:04:08.678901+00', '2026-11-20 14:16:35.292822+00', '2026-11-20 14:16:35.299558+00', 'analysed', 0, 2, 1, NULL, true, false, NULL, 'why analysed', NULL, '2026-01-02 03:04:05.678901+00', NULL);
INSERT INTO public.uploads VALUES ('video-completed', 'v1', 'inbox', 'completed.mp4', NULL, 14, '2026-01-02 03:04:09.678901+00', '2026-11-20 14:16:35.293725+00', '2026-11-20 14:16:35.300185+00', 'completed', 0, 0, 0, NULL, false, false, NULL, NULL, NULL, NULL, '2026-01-02 03:04:05.678901+00');

SELECT pg_catalog.setval('public.audit_id_seq', 2, true);

ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (video_id, version);

CREATE INDEX ix_audit_video_id ON public.audit USING btree (video_id);

CREATE INDEX ix_uploads_owner ON public.uploads USING btree (owner);

CREATE INDEX ix_uploads_state ON public.uploads USING btree (state);

