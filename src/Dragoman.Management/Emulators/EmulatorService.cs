using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Management.Audit;
using Dragoman.Management.Hosting;

namespace Dragoman.Management.Emulators;

/// <summary>
/// Turns emulated upstreams on and off, beside the accounts that there are: their models have names of their own, so that no request reaches them that does not ask for them.
/// They are this process's, and off after a restart.
/// </summary>
public sealed class EmulatorService(IEmulatorLauncher? launcher, ConfigLoader loader, AccountRegistry registry, AuditTrail audit, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private Running? _running;

    /// <summary>Whether they run, and what they offer.</summary>
    public EmulatorsView Get()
    {
        var running = Volatile.Read(ref _running);
        return new EmulatorsView(launcher is not null, running is not null, running?.Upstreams.Address, running?.Since, [.. running?.Accounts.Select(View) ?? []]);
    }

    /// <summary>Starts them; those that run go on.</summary>
    /// <param name="actor">Who turns them on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<EmulatorsView>> StartAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (launcher is null) return ManagementError.Conflict("This gateway comes without emulated upstreams.", "no_emulators", "'dragoman serve' has them; or run 'dragoman emulate' and add accounts with its address.");
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_running is not null) return Get();
            var upstreams = await launcher.StartAsync(cancellationToken);
            var result = loader.Load(upstreams.Configuration, "emulators");
            var accounts = result.Config?.Accounts ?? throw new InvalidOperationException($"The accounts of the emulated upstreams cannot be read: {string.Join(' ', result.Problems)}");
            accounts = [.. accounts.Select(static account => account with { Origin = AccountOrigin.Connected })];
            Volatile.Write(ref _running, new Running(upstreams, accounts, [.. accounts.Select(registry.Connect)], time.GetUtcNow()));
        }
        finally
        {
            _one.Release();
        }

        await audit.RecordAsync(actor, "emulators.start", "");
        return Get();
    }

    /// <summary>Ends them; requests that they answer at this moment fail.</summary>
    /// <param name="actor">Who turns them off.</param>
    /// <param name="cancellationToken">Gives up waiting for another change.</param>
    public async Task<ManagementResult<EmulatorsView>> StopAsync(Actor actor, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_running is null) return Get();
            await EndAsync();
        }
        finally
        {
            _one.Release();
        }

        await audit.RecordAsync(actor, "emulators.stop", "");
        return Get();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _one.Dispose();
    }

    private async Task EndAsync()
    {
        if (Interlocked.Exchange(ref _running, null) is not { } running) return;
        foreach (var connection in running.Connections) connection.Dispose();
        await running.Upstreams.DisposeAsync();
    }

    private static EmulatedAccountView View(Account account)
        => new(account.Id, account.Label, account.Provider, [.. account.Models.Select(static model => model.Alias)]);

    private sealed record Running(IEmulatedUpstreams Upstreams, IReadOnlyList<Account> Accounts, IReadOnlyList<IDisposable> Connections, DateTimeOffset Since);
}

/// <summary>Emulated upstreams.</summary>
/// <param name="Available">Whether this gateway has them.</param>
/// <param name="Running">Whether they are on.</param>
/// <param name="Address">Where they listen; null when they are off.</param>
/// <param name="Since">Since when they are on; null when they are off.</param>
/// <param name="Accounts">The accounts that they serve; empty when they are off.</param>
public sealed record EmulatorsView(bool Available, bool Running, Uri? Address, DateTimeOffset? Since, IReadOnlyList<EmulatedAccountView> Accounts);

/// <summary>An account at an emulated upstream.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">What it is called.</param>
/// <param name="Provider">The provider that is emulated.</param>
/// <param name="Models">The models that clients ask for.</param>
public sealed record EmulatedAccountView(string Id, string Label, string Provider, IReadOnlyList<string> Models);
