using System.Runtime.InteropServices;

namespace Dragoman.Cli.Terminal;

/// <summary>SIGTERM and Ctrl-C while a host runs: the first one asks it to stop, the second one to hurry. Heard from before it listens.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Heard), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Heard)];

    /// <summary>Ends with the first signal.</summary>
    public Task First => _first.Task;

    /// <summary>Cancelled by the second one.</summary>
    public CancellationToken Hurry => _abort.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _abort.Dispose();
    }

    private void Heard(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (!_first.TrySetResult()) _abort.Cancel();
    }
}
