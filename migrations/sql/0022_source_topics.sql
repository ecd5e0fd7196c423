CREATE TABLE "source_topics" (
	"topic" text collate "C" PRIMARY KEY NOT NULL,
	"cluster_id" text collate "C" NOT NULL,
	"bootstrap_servers" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL
);
