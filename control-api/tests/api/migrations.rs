//! The schema, back to nothing and there again.

use lectern_control_api::database::MIGRATIONS;
use lectern_testing::postgres::Postgres;
use sqlx::{Connection as _, PgConnection};

#[tokio::test]
async fn every_migration_can_be_undone_and_done_again() {
    let url = Postgres::shared().database("empty", |_| {});
    let mut sql = PgConnection::connect(&url).await.unwrap();
    let left = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
                    AND relkind IN ('r', 'S', 'v', 'm') AND relname <> '_sqlx_migrations'
                UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace";
    for _ in 0..2 {
        MIGRATIONS.run(&mut sql).await.unwrap();
        let there: Vec<String> = sqlx::query_scalar(left).fetch_all(&mut sql).await.unwrap();
        assert!(there.contains(&"people".to_owned()), "{there:?}");
        MIGRATIONS.undo(&mut sql, 0).await.unwrap();
        let there: Vec<String> = sqlx::query_scalar(left).fetch_all(&mut sql).await.unwrap();
        assert_eq!(there, Vec::<String>::new());
    }
}
