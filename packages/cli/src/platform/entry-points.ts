import { fileURLToPath } from 'node:url';

/** The files of the processes that make the platform. */
export interface EntryPoints {
  readonly database: string;
  readonly api: string;
  readonly orchestrator: string;
  readonly worker: string;
}

/** Finds the processes by the names their packages export them under; none of their code is imported. */
export function findEntryPoints(): EntryPoints {
  return {
    database: fileURLToPath(import.meta.resolve('@outrider/db/process')),
    api: fileURLToPath(import.meta.resolve('@outrider/api/process')),
    orchestrator: fileURLToPath(import.meta.resolve('@outrider/orchestrator/process')),
    worker: fileURLToPath(import.meta.resolve('@outrider/crawler/process')),
  };
}

/** The process that examines what a platform stands on and ends. */
export function findDoctorEntry(): string {
  return fileURLToPath(import.meta.resolve('@outrider/crawler/doctor-process'));
}

/** The process that brings the schema of an outside database up to date and ends. */
export function findMigrationEntry(): string {
  return fileURLToPath(import.meta.resolve('@outrider/db/migrate-process'));
}
