using Dragoman.Server.Observability;

namespace Dragoman.Server.Hosting;

/// <summary>Where log lines go: to standard error, one line each, as text or as JSON.</summary>
internal static class Logging
{
    public static void Configure(ILoggingBuilder logging, StartOptions options, RecentLog recent)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(options.LogLevel);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // What keeps the host from starting is reported by the command, in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        // While its request log is on at any level, an Activity is made for every request; ours says what matters.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // Kestrel tells of every torn connection at Debug; what matters of it we say ourselves.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        if (options.LogLevel == LogLevel.None) return;
        if (!options.JsonLogs)
        {
            logging.AddProvider(new LineLoggerProvider(Console.OpenStandardError(), options.Time, recent));
            return;
        }

        logging.AddProvider(new RecentLogProvider(recent, options.Time));
        logging.AddJsonConsole(console =>
        {
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
