namespace Dragoman.Storage.Sql;

/// <summary>What a backup carries, table by table, in what both engines share. Indexes are made anew; leases are merged (an epoch never goes back); notices and sessions of the panel are not carried.</summary>
internal static class BackupTables
{
    public const string Format = "dragoman-backup";
    public const int FormatVersion = 1;

    /// <summary>The pseudo-table of words that flows are found by.</summary>
    public const string Terms = "flow_index";

    public static readonly string[] Ledger = ["accounts", "lanes", "quota_readings", "client_keys", "settings", "audit", "leases", "responses", "usage", "usage_hours", "budget_windows", "reservations", "reservation_lines"];

    public static readonly string[] Flows = ["flow_word_sets", "flows", "flow_details", "flow_bodies"];

    public static bool IsFlows(string table) => table == Terms || Flows.Contains(table);
}
