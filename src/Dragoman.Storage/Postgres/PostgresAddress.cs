using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>Where PostgreSQL is: the driver's own connection string, or the URL that hosting services hand out.</summary>
internal static class PostgresAddress
{
    private const int Prepared = 100;

    public static string Read(string text)
    {
        var builder = text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
            ? FromUrl(text) : new NpgsqlConnectionStringBuilder(text);
        if (builder.MaxAutoPrepare == 0) builder.MaxAutoPrepare = Prepared;
        if (string.IsNullOrEmpty(builder.ApplicationName)) builder.ApplicationName = "dragoman";
        // A dead server is found out about, also by the connection that only listens.
        if (builder.KeepAlive == 0) builder.KeepAlive = 15;
        builder.IncludeErrorDetail = false;
        builder.PersistSecurityInfo = false;
        return builder.ConnectionString;
    }

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
            var name = pair[0] switch { "sslmode" => "SSL Mode", "connect_timeout" => "Timeout", "application_name" => "Application Name", _ => pair[0] };
            builder[name] = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "").Replace("-", "", StringComparison.Ordinal);
        }

        return builder;
    }
}
