BEGIN TRANSACTION;
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	video_id VARCHAR(80) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	action VARCHAR(40) NOT NULL, 
	outcome TEXT NOT NULL, 
	is_dry_run BOOLEAN NOT NULL, 
	run_id VARCHAR(40), 
	PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-11-20 14:16:34.375277','video-completed','v1','cleanup','about to be deleted',0,'run-2');
INSERT INTO "audit" VALUES(2,'2026-11-20 14:16:34.376727','video-completed','v1','cleanup','deleted',0,'run-2');
CREATE TABLE uploads (
	video_id VARCHAR(80) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	bucket TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	owner TEXT, 
	size_bytes BIGINT NOT NULL, 
	uploaded_at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	attempt INTEGER NOT NULL, 
	cleanup_attempt INTEGER NOT NULL, 
	worker_losses INTEGER NOT NULL, 
	not_before DATETIME, 
	cleanup_pending BOOLEAN NOT NULL, 
	report_pending BOOLEAN NOT NULL, 
	problem VARCHAR(20), 
	reason TEXT, 
	run_id VARCHAR(40), 
	analysed_at DATETIME, 
	deleted_at DATETIME, 
	PRIMARY KEY (video_id, version)
);
INSERT INTO "uploads" VALUES('video-received','v1','inbox','received.mp4',NULL,10,'2026-01-02 03:04:05.678901','2026-11-20 14:16:34.356019','2026-11-20 14:16:34.356019','received',0,0,0,NULL,0,0,NULL,'why received',NULL,NULL,NULL);
INSERT INTO "uploads" VALUES('video-queued','v1','inbox','anna/queued.mp4','anna',11,'2026-01-02 03:04:06.678901','2026-11-20 14:16:34.357996','2026-11-20 14:16:34.357996','queued',0,0,0,NULL,0,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "uploads" VALUES('video-processing','v1','inbox','processing.mp4',NULL,12,'2026-01-02 03:04:07.678901','2026-11-20 14:16:34.359034','2026-11-20 14:16:34.359034','processing',0,0,0,NULL,0,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "uploads" VALUES('video-analysed','v1','inbox','anna/analysed.mp4','anna',13,'2026-01-02 03:04:08.678901','2026-11-20 14:16:34.360128','2026-11-20 14:16:34.373334','analysed',0,2,1,NULL,1,0,NULL,'why analysed',NULL,'2026-01-02 03:04:05.678901',NULL);
INSERT INTO "uploads" VALUES('video-completed','v1','inbox','completed.mp4',NULL,14,'2026-01-02 03:04:09.678901','2026-11-20 14:16:34.361079','2026-11-20 14:16:34.374442','completed',0,0,0,NULL,0,0,NULL,NULL,NULL,NULL,'2026-01-02 03:04:05.678901');
INSERT INTO "uploads" VALUES('video-failed','v1','inbox','anna/failed.mp4','anna',15,'2026-01-02 03:04:10.678901','2026-11-20 14:16:34.361912','2026-11-20 14:16:34.371579','failed',3,0,0,'2026-01-02 03:04:05.678901',0,1,'bad_video',NULL,'run-1',NULL,NULL);
INSERT INTO "uploads" VALUES('video-superseded','v1','inbox','superseded.mp4',NULL,16,'2026-01-02 03:04:11.678901','2026-11-20 14:16:34.367059','2026-11-20 14:16:34.367059','superseded',0,0,0,NULL,0,0,NULL,'why superseded',NULL,NULL,NULL);
INSERT INTO "uploads" VALUES('video-gone','v1','inbox','anna/gone.mp4','anna',17,'2026-01-02 03:04:12.678901','2026-11-20 14:16:34.368408','2026-11-20 14:16:34.368408','gone',0,0,0,NULL,0,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "uploads" VALUES('video-ignored','v1','inbox','ignored.mp4',NULL,18,'2026-01-02 03:04:13.678901','2026-11-20 14:16:34.369594','2026-11-20 14:16:34.369594','ignored',0,0,0,NULL,0,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "uploads" VALUES('video-expired','v1','inbox','anna/expired.mp4','anna',19,'2026-01-02 03:04:14.678901','2026-11-20 14:16:34.370641','2026-11-20 14:16:34.370641','expired',0,0,0,NULL,0,0,NULL,'why expired',NULL,NULL,NULL);
CREATE INDEX ix_audit_video_id ON audit (video_id);
CREATE INDEX ix_uploads_owner ON uploads (owner);
CREATE INDEX ix_uploads_state ON uploads (state);
COMMIT;
