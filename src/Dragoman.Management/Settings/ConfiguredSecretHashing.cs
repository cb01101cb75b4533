using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Configuration.Editing;
using Dragoman.Gateway.Requests;
using Dragoman.Management.Access;
using Microsoft.Extensions.Logging;

namespace Dragoman.Management.Settings;

/// <summary>
/// Where a listener stands in for CLIProxyAPI: a <c>remote-management.secret-key</c> that stands in the configuration's file in the clear is hashed there, as that system does (wire note cliproxyapi §1.2, check 50). Comments,
/// order and all other bytes stay. What names a variable, what is no secret by the gateway's rules, and a file that cannot be written stay as they are.
/// </summary>
public sealed partial class ConfiguredSecretHashing : IAsyncDisposable
{
    private const string Key = "remote-management.secret-key";

    private readonly Func<GatewayConfig> _config;
    private readonly ConfigFile _file;
    private readonly SettingsService _settings;
    private readonly ConfigWatcher? _watcher;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Begins to follow changes of the file.</summary>
    /// <param name="config">The configuration in force.</param>
    /// <param name="file">The file.</param>
    /// <param name="settings">Changes it.</param>
    /// <param name="watcher">Takes changes of the file; null where nobody does.</param>
    /// <param name="logger">Where it is logged that a secret could not be hashed.</param>
    public ConfiguredSecretHashing(Func<GatewayConfig> config, ConfigFile file, SettingsService settings, ConfigWatcher? watcher, ILogger logger)
    {
        (_config, _file, _settings, _watcher, _logger) = (config, file, settings, watcher, logger);
        if (watcher is not null) watcher.Changed += OnChanged;
    }

    /// <summary>Hashes what stands in the file now.</summary>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_file.Path is null || !_config().Listeners.Any(static listener => listener.Surface == Surface.CliProxy) || _config().Management is not { SecretKey.Length: > 0, IsHashed: false }) return;
        var (text, _) = await _file.ReadAsync(cancellationToken);
        var written = ConfigScalars.Read(text).FirstOrDefault(static scalar => scalar.Path == Key)?.Value;
        if (written is not { Length: > 0 } || written.Contains("${", StringComparison.Ordinal) || ManagementOptions.IsBcrypt(written)) return;
        var hashed = ManagementSecretService.HashForFile(written);
        var error = hashed.Succeeded ? (await _settings.ChangeAsync([new(Key, hashed.Value)], null, Actor.Gateway, cancellationToken)).Error : hashed.Error;
        if (error is not null) LogLeft(_logger, error.Text);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_watcher is not null) _watcher.Changed -= OnChanged;
        await _closing.CancelAsync();
        Task work;
        lock (_gate) work = _work;
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private void OnChanged(object? sender, ConfigChangedEventArgs change)
    {
        lock (_gate) _work = FollowAsync(_work);
    }

    private async Task FollowAsync(Task before)
    {
        // The watcher waits for nobody.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            await RunAsync(_closing.Token);
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    [LoggerMessage(93, LogLevel.Warning, "remote-management.secret-key stands in the clear in the configuration's file and stays so: {Reason}")]
    private static partial void LogLeft(ILogger logger, string reason);
}
