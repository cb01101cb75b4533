namespace Dragoman.Gateway.CredentialRefresh;

/// <summary>The times of a refresh.</summary>
public sealed record RefreshOptions
{
    /// <summary>For how long one node has the right to renew a login: far longer than <see cref="ExchangeTimeout"/>, so that nobody else begins while an answer is on its way.</summary>
    public TimeSpan LeaseTerm { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long the vendor's answer is waited for.</summary>
    public TimeSpan ExchangeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often to look whether the node that has the right has finished.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a request waits for a login that another node renews.</summary>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long to wait before a token is used whose refresh was begun by another node and never ended.</summary>
    public TimeSpan InterruptedPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause before new tokens are saved again when the store does not answer.</summary>
    public TimeSpan SavePause { get; init; } = TimeSpan.FromSeconds(1);
}
