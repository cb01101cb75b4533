using System.Net.Http.Headers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Providers;

/// <summary>An upstream's refusal with all that is known of it.</summary>
/// <param name="Error">What the upstream's protocol read from status and body.</param>
/// <param name="Headers">The answer's headers.</param>
/// <param name="Now">The time.</param>
public readonly record struct UpstreamFailure(WireError Error, HttpResponseHeaders Headers, DateTimeOffset Now)
{
    /// <summary>The body, for vendors that say more in it than the protocol knows; empty for an error within a stream.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The account that was asked; null where nobody knows.</summary>
    public Account? Account { get; init; }

    /// <summary>The model that was asked for; null where nobody knows.</summary>
    public UpstreamModel? Model { get; init; }

    /// <summary>What a refused token of this account means: <see cref="FailureClass.AuthExpired"/> where another can be had for a refresh token, else <see cref="FailureClass.AuthDead"/>.</summary>
    public FailureClass OfRefusedToken => Account?.Credential is OAuthCredential { RefreshToken: not null } ? FailureClass.AuthExpired : FailureClass.AuthDead;
}

/// <summary>Says what a refusal means. What follows from a class is decided once, for all providers.</summary>
public interface IFailureClassifier
{
    /// <summary>The class of a failure; times that headers or body state become <see cref="Failure.Until"/>, uncapped.</summary>
    Failure Classify(in UpstreamFailure failure);
}
