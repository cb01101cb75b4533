namespace Dragoman.Server.Lifetime;

/// <summary>Somebody wants the gateway to stop and to start again in the same process.</summary>
/// <param name="isPossible">Whether whoever runs the gateway does so.</param>
internal sealed class RestartRequest(bool isPossible)
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether asking has an effect.</summary>
    public bool IsPossible => isPossible;

    /// <summary>Ends when somebody has asked.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Asks.</summary>
    public void Ask() => _asked.TrySetResult();
}
