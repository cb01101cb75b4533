using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Clients;

/// <summary>Where clients of each protocol are pointed to: what their "base URL" is.</summary>
internal static class ClientAddresses
{
    /// <summary>The address for every protocol that clients speak.</summary>
    /// <param name="baseUrl">The gateway's address.</param>
    public static IReadOnlyList<ClientAddressView> List(Uri baseUrl)
        => [.. ProtocolRegistry.OfClients.Select(protocol => new ClientAddressView(ProtocolRegistry.Traits(protocol).Name, Of(protocol, baseUrl)))];

    /// <summary>The clients of OpenAI's APIs want the version in the address; all others put theirs behind it.</summary>
    public static string Of(Protocol protocol, Uri baseUrl)
        => baseUrl.ToString().TrimEnd('/') + (protocol is Protocol.OpenAiChat or Protocol.OpenAiResponses or Protocol.OpenAiCompletions ? "/v1" : "");
}

/// <summary>Where clients of a protocol are pointed to.</summary>
/// <param name="Protocol">The protocol's name.</param>
/// <param name="Url">The base URL.</param>
public sealed record ClientAddressView(string Protocol, string Url);
