using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Catalog;

/// <summary>
/// Keeps the owner's list of models up: takes it at start and again when it is due or its file changes, and swaps it in whole. A list that cannot
/// be used leaves the one before in place.
/// </summary>
public sealed partial class CatalogRefresher : IAsyncDisposable
{
    /// <summary>How often a file is looked at, and how soon an address that failed is asked again.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(5);

    private readonly Action<ModelCatalog, IReadOnlyList<ModelPrice>> _take;
    private readonly CatalogSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger? _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ITimer _timer;
    private volatile CatalogOptions _options;
    private volatile CatalogStatus _status;
    private DateTimeOffset _due;
    private (DateTime Written, long Length) _seen;
    private FetchedList? _fetched;
    private Task _last = Task.CompletedTask;

    /// <summary>A keeper that gives what it takes to <paramref name="take"/>: the catalog, and the prices.</summary>
    public CatalogRefresher(CatalogOptions options, Action<ModelCatalog, IReadOnlyList<ModelPrice>> take, Func<HttpMessageInvoker> http, TimeProvider time, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _take = take;
        _time = time;
        _logger = logger;
        _source = new CatalogSource(http);
        _status = Unread(options);
        _due = time.GetUtcNow();
        // A file is there at once; an address is asked for while the gateway already serves.
        if (options.File is not null) TakeFile(options);
        _timer = time.CreateTimer(_ => Look(), null, options.Url is null ? LookInterval : TimeSpan.Zero, LookInterval);
    }

    /// <summary>How it stands.</summary>
    public CatalogStatus Status => _status;

    /// <summary>Takes up a new configuration.</summary>
    public void Configure(CatalogOptions next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next == _options) return;
        _options = next;
        _due = _time.GetUtcNow();
        _seen = default;
        _fetched = null;
        if (next.IsConfigured) return;
        _status = CatalogStatus.None;
        _take(ModelCatalog.BuiltIn, []);
    }

    /// <summary>Takes the list now, whether it is due or not, and says how that went.</summary>
    public async Task<CatalogStatus> RefreshAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var now = _options;
            if (now.File is not null) TakeFile(now);
            else if (now.Url is { } address) await TakeAddressAsync(now, address, cancellationToken).ConfigureAwait(false);
            return _status;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _last.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // That is how a fetch under way ends.
        }

        _stop.Dispose();
        _turn.Dispose();
    }

    private void Look()
    {
        var now = _options;
        if (!now.IsConfigured || !_last.IsCompleted || _stop.IsCancellationRequested) return;
        if (now.File is { } path && Stamp(path) == _seen && _time.GetUtcNow() < _due) return;
        if (now.Url is not null && _time.GetUtcNow() < _due) return;
        _last = RefreshQuietlyAsync();
    }

    private async Task RefreshQuietlyAsync()
    {
        try
        {
            await RefreshAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception ex) when (ex is OperationCanceledException or ObjectDisposedException)
        {
            // The gateway stops.
        }
    }

    private void TakeFile(CatalogOptions from)
    {
        _seen = Stamp(from.File!);
        try
        {
            Use(from, CatalogSource.FromFile(from.File!));
        }
        catch (CatalogException ex)
        {
            Refuse(from, ex);
        }
    }

    private async Task TakeAddressAsync(CatalogOptions from, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            var list = await _source.FromAddressAsync(address, _fetched, cancellationToken).ConfigureAwait(false);
            Use(from, list);
            // The configuration may have moved on while the list was fetched.
            if (from == _options) _fetched = list with { Bytes = null };
        }
        catch (CatalogException ex)
        {
            Refuse(from, ex);
        }
    }

    private void Use(CatalogOptions from, FetchedList list)
    {
        if (list.Bytes is null)
        {
            if (from != _options) return;
            _status = _status with { CheckedAt = _time.GetUtcNow(), Problem = null };
            _due = _time.GetUtcNow() + from.Refresh;
            return;
        }

        var data = CatalogReader.Read(list.Bytes);
        var catalog = ModelCatalog.BuiltIn.With(data.Models);
        if (from != _options) return;
        _take(catalog, data.Prices);
        var now = _time.GetUtcNow();
        _status = Unread(from) with { TakenAt = now, CheckedAt = now, Dated = list.Dated, Form = data.Form, Models = data.Models.Count, Prices = data.Prices.Count };
        _due = now + from.Refresh;
        if (_logger is not null) LogTaken(_logger, _status.Location, data.Form, data.Models.Count, data.Prices.Count);
    }

    private void Refuse(CatalogOptions from, CatalogException fault)
    {
        if (from != _options) return;
        _due = _time.GetUtcNow() + (from.Refresh < AfterFailure ? from.Refresh : AfterFailure);
        var same = _status.Problem == fault.Message;
        var where = LocationOf(from);
        _status = _status with { Configured = true, Location = where, CheckedAt = _time.GetUtcNow(), Problem = fault.Message };
        if (_logger is not null && !same) LogRefused(_logger, where, fault.Message, _status.TakenAt is null ? "the table that ships" : "the list taken before");
    }

    private static CatalogStatus Unread(CatalogOptions options) => new(options.IsConfigured, null, null, 0, 0, null) { Location = LocationOf(options), IsFile = options.File is not null };

    private static string? LocationOf(CatalogOptions options) => options.File ?? options.Url?.GetLeftPart(UriPartial.Path);

    private static (DateTime Written, long Length) Stamp(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return default;
        }
    }

    [LoggerMessage(84, LogLevel.Information, "The list of models {Where} ({Form}) is in force: {Models} models, {Prices} prices.")]
    private static partial void LogTaken(ILogger logger, string? where, string form, int models, int prices);

    [LoggerMessage(85, LogLevel.Warning, "The list of models {Where} cannot be used, and {Instead} stays in force: {Problem}")]
    private static partial void LogRefused(ILogger logger, string? where, string problem, string instead);
}
