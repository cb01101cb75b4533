using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>Where PostgreSQL is: the driver's own connection string, or the URL that hosting services hand out.</summary>
internal static class PostgresAddress
{
    private const int Prepared = 100;
    private const int ConnectSeconds = 5;
    private const int CancelMilliseconds = 500;

    public static string Read(string text)
    {
        var builder = text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
            ? FromUrl(text) : new NpgsqlConnectionStringBuilder(text);
        if (builder.MaxAutoPrepare == 0) builder.MaxAutoPrepare = Prepared;
        if (string.IsNullOrEmpty(builder.ApplicationName)) builder.ApplicationName = "dragoman";
        // A dead server is found out about, also by the connection that only listens.
        if (builder.KeepAlive == 0) builder.KeepAlive = 15;
        if (!IsSet(builder, "Timeout")) builder.Timeout = ConnectSeconds;
        if (!IsSet(builder, "Cancellation Timeout")) builder.CancellationTimeout = CancelMilliseconds;
        builder.IncludeErrorDetail = false;
        builder.PersistSecurityInfo = false;
        return builder.ConnectionString;
    }

    private static bool IsSet(NpgsqlConnectionStringBuilder builder, string name) => builder.ContainsKey(name) && builder.ShouldSerialize(name);

    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)) throw new ArgumentException("not a URL", nameof(text));
        var user = url.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder { Host = url.Host, Port = url.Port > 0 ? url.Port : 5432, Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')) };
        if (user[0].Length > 0) builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) builder.Password = Uri.UnescapeDataString(user[1]);
        foreach (var part in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2);
            var name = Uri.UnescapeDataString(pair[0]) switch
            {
                "sslmode" => "SSL Mode",
                "connect_timeout" => "Timeout",
                "application_name" => "Application Name",
                "sslrootcert" => "Root Certificate",
                "sslcert" => "SSL Certificate",
                "sslkey" => "SSL Key",
                "sslpassword" => "SSL Password",
                "sslnegotiation" => "SSL Negotiation",
                "channel_binding" => "Channel Binding",
                "target_session_attrs" => "Target Session Attributes",
                "passfile" => "Passfile",
                "options" => "Options",
                var other => other,
            };
            var value = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "");
            // Modes are written with a dash by libpq (verify-full) and without one by the driver; paths and names keep theirs.
            builder[name] = name is "SSL Mode" or "Channel Binding" or "Target Session Attributes" or "SSL Negotiation" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }

        return builder;
    }
}
