using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Metering;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Models.Catalogue;

/// <summary>
/// Keeps the owner's list of models up: takes it at start and again when it is due or its file changes, and swaps it in whole. A list that cannot
/// be used leaves the one before in place.
/// </summary>
public sealed partial class CatalogueKeeper : IAsyncDisposable
{
    /// <summary>How often a file is looked at, and how soon an address that failed is asked again.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(5);

    private readonly Action<ModelCatalogue, IReadOnlyList<ModelPrice>> take;
    private readonly CatalogueSource source;
    private readonly TimeProvider time;
    private readonly ILogger? logger;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ITimer timer;
    private volatile CatalogueOptions options;
    private volatile CatalogueStatus status;
    private DateTimeOffset due;
    private (DateTime Written, long Length) seen;
    private FetchedList? fetched;
    private Task last = Task.CompletedTask;

    /// <summary>A keeper that gives what it takes to <paramref name="take"/>: the catalogue, and the prices.</summary>
    public CatalogueKeeper(CatalogueOptions options, Action<ModelCatalogue, IReadOnlyList<ModelPrice>> take, Func<HttpMessageInvoker> http, TimeProvider time, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        this.options = options;
        this.take = take;
        this.time = time;
        this.logger = logger;
        source = new CatalogueSource(http);
        status = Unread(options);
        due = time.GetUtcNow();
        // A file is there at once; an address is asked for while the gateway already serves.
        if (options.File is not null) TakeFile(options);
        timer = time.CreateTimer(_ => Look(), null, options.Url is null ? LookInterval : TimeSpan.Zero, LookInterval);
    }

    /// <summary>How it stands.</summary>
    public CatalogueStatus Status => status;

    /// <summary>Takes up a new configuration.</summary>
    public void Configure(CatalogueOptions next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next == options) return;
        options = next;
        due = time.GetUtcNow();
        seen = default;
        fetched = null;
        if (next.IsConfigured) return;
        status = CatalogueStatus.None;
        take(ModelCatalogue.BuiltIn, []);
    }

    /// <summary>Takes the list now, whether it is due or not, and says how that went.</summary>
    public async Task<CatalogueStatus> RefreshAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var now = options;
            if (now.File is not null) TakeFile(now);
            else if (now.Url is { } address) await TakeAddressAsync(now, address, cancellationToken).ConfigureAwait(false);
            return status;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync().ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await last.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // That is how a fetch under way ends.
        }

        stop.Dispose();
        turn.Dispose();
    }

    private void Look()
    {
        var now = options;
        if (!now.IsConfigured || !last.IsCompleted || stop.IsCancellationRequested) return;
        if (now.File is { } path && Stamp(path) == seen && time.GetUtcNow() < due) return;
        if (now.Url is not null && time.GetUtcNow() < due) return;
        last = RefreshQuietlyAsync();
    }

    private async Task RefreshQuietlyAsync()
    {
        try
        {
            await RefreshAsync(stop.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException)
        {
            // The gateway stops.
        }
    }

    private void TakeFile(CatalogueOptions from)
    {
        seen = Stamp(from.File!);
        try
        {
            Use(from, CatalogueSource.FromFile(from.File!));
        }
        catch (CatalogueException fault)
        {
            Refuse(from, fault);
        }
    }

    private async Task TakeAddressAsync(CatalogueOptions from, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            var list = await source.FromAddressAsync(address, fetched, cancellationToken).ConfigureAwait(false);
            Use(from, list);
            // The configuration may have moved on while the list was fetched.
            if (from == options) fetched = list with { Bytes = null };
        }
        catch (CatalogueException fault)
        {
            Refuse(from, fault);
        }
    }

    private void Use(CatalogueOptions from, FetchedList list)
    {
        if (list.Bytes is null)
        {
            if (from != options) return;
            status = status with { CheckedAt = time.GetUtcNow(), Problem = null };
            due = time.GetUtcNow() + from.Refresh;
            return;
        }

        var data = CatalogueReading.Read(list.Bytes);
        var catalogue = ModelCatalogue.BuiltIn.With(data.Models);
        if (from != options) return;
        take(catalogue, data.Prices);
        var now = time.GetUtcNow();
        status = Unread(from) with { TakenAt = now, CheckedAt = now, Dated = list.Dated, Form = data.Form, Models = data.Models.Count, Prices = data.Prices.Count };
        due = now + from.Refresh;
        if (logger is not null) LogTaken(logger, status.Location, data.Form, data.Models.Count, data.Prices.Count);
    }

    private void Refuse(CatalogueOptions from, CatalogueException fault)
    {
        if (from != options) return;
        due = time.GetUtcNow() + (from.Refresh < AfterFailure ? from.Refresh : AfterFailure);
        var same = status.Problem == fault.Message;
        var where = LocationOf(from);
        status = status with { Configured = true, Location = where, CheckedAt = time.GetUtcNow(), Problem = fault.Message };
        if (logger is not null && !same) LogRefused(logger, where, fault.Message, status.TakenAt is null ? "the table that ships" : "the list taken before");
    }

    private static CatalogueStatus Unread(CatalogueOptions options) => new(options.IsConfigured, null, null, 0, 0, null) { Location = LocationOf(options), IsFile = options.File is not null };

    private static string? LocationOf(CatalogueOptions options) => options.File ?? options.Url?.GetLeftPart(UriPartial.Path);

    private static (DateTime Written, long Length) Stamp(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return default;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The list of models {Where} ({Form}) is in force: {Models} models, {Prices} prices.")]
    private static partial void LogTaken(ILogger logger, string? where, string form, int models, int prices);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The list of models {Where} cannot be used, and {Instead} stays in force: {Problem}")]
    private static partial void LogRefused(ILogger logger, string? where, string problem, string instead);
}
