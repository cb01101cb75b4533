using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Requests;

/// <summary>A request that has ended, with all that is known of it: what usage, flows and telemetry are made of. Its body lives as long as the call it is passed in.</summary>
/// <param name="Request">The request.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="StartedAt">When it came.</param>
/// <param name="FirstByte">How long until the answer began; null when none did.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Used">What it used, with its cost where the price is known.</param>
public sealed record CompletedRequest(ClientRequest Request, RequestOutcome Outcome, DateTimeOffset StartedAt, TimeSpan? FirstByte, TimeSpan Duration, UsageEntry Used);

/// <summary>Sees every request begin and end. Must be quick and must not throw: the client may still wait for its last byte.</summary>
public interface IRequestObserver
{
    /// <summary>A request begins; <see cref="Ended"/> follows, whatever happens.</summary>
    void Began(ClientRequest request)
    {
    }

    /// <summary>A request has ended. A status of 500 without an error means that a fault of the gateway's own ended it.</summary>
    /// <param name="ended">The request; its bodies are borrowed.</param>
    /// <param name="booked">Whether its usage is in the ledger already.</param>
    void Ended(CompletedRequest ended, bool booked);
}
