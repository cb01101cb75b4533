using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Server.Listeners;
using Dragoman.Server.Security;

namespace Dragoman.Server.Api.Shared;

/// <summary>The door of the client routes: keys, and for an open gateway the check that no foreign web page is calling.</summary>
internal sealed class ClientAuthentication(ClientKeyStore keys)
{
    /// <summary>The code of a key that does not exist.</summary>
    public const string UnknownKey = "invalid_api_key";

    /// <summary>Null when the caller may pass (then <see cref="IdentityOf"/> says who it is), else what to tell it.</summary>
    public WireError? Check(HttpContext context)
    {
        // Who stands before this door already is known by another one: the management's playground.
        if (context.Features.Get<ClientIdentity>() is not null) return null;
        if (keys.IsOpen)
        {
            if (ForwardedRequest.Is(context.Request.Headers))
                return new WireError(ErrorKind.Permission, "This gateway has no API keys and so answers only programs on its own machine, not what a proxy passes on. Configure api-keys to allow it.") { Code = "proxy_not_allowed" };
            return LocalOrigin.IsLocal(context.Request) ? null : new WireError(
                ErrorKind.Permission, "This gateway has no API keys and so answers only programs on its own machine, not web pages of other sites. Configure api-keys to allow them.")
            { Code = "origin_not_allowed" };
        }

        return CheckKey(context, inAddress: true);
    }

    /// <summary>Null when the caller shows a good key of its own, also where the gateway has no keys and asks for none; else what to tell it.</summary>
    /// <param name="context">The call.</param>
    /// <param name="inAddress">Whether the key may stand in the address.</param>
    public WireError? CheckKey(HttpContext context, bool inAddress)
    {
        if (PresentedCredentials.Find(context.Request, keys, inAddress) is not { } shown)
            return Denied("An API key of this gateway is missing: send it as 'Authorization: Bearer …', 'x-api-key', 'x-goog-api-key' or 'api-key'.", "missing_api_key");
        if (Against(shown.Status, shown.Client) is { } refusal) return refusal;
        var client = shown.Client!;
        var surface = ListenerSurface.Get(context);
        if (!client.AllowsSurface(surface))
            return new WireError(ErrorKind.Permission, $"The API key '{client.Name}' ({client.KeyId}) is not allowed on this address (surface '{surface.ToString().ToLowerInvariant()}').") { Code = "surface_not_allowed" };
        context.Features.Set(client);
        return null;
    }

    /// <summary>Lets a call in as somebody whom another authorization has let in.</summary>
    public static void Admit(HttpContext context, ClientIdentity client) => context.Features.Set(client);

    /// <summary>Who was let in.</summary>
    public static ClientIdentity IdentityOf(HttpContext context) => context.Features.Get<ClientIdentity>() ?? ClientIdentity.Anyone;

    /// <summary>What stands against a key, in words for its owner.</summary>
    private static WireError? Against(ClientKeyStatus status, ClientIdentity? client) => status switch
    {
        ClientKeyStatus.Good => null,
        ClientKeyStatus.Expired => Denied($"The API key '{client?.Name}' ({client?.KeyId}) has expired. Ask for a new one.", "expired_api_key"),
        ClientKeyStatus.Disabled => Denied($"The API key '{client?.Name}' ({client?.KeyId}) is switched off.", "disabled_api_key"),
        ClientKeyStatus.Revoked => Denied($"The API key '{client?.Name}' ({client?.KeyId}) was revoked. Ask for a new one.", "revoked_api_key"),
        ClientKeyStatus.Replaced => Denied($"The API key '{client?.Name}' ({client?.KeyId}) was rotated, and this old one is no longer taken. Use the new one.", "rotated_api_key"),
        ClientKeyStatus.Sample => new WireError(ErrorKind.Permission, "This API key stands in a sample configuration, so everybody knows it. Put a key of your own in its place in api-keys, or make one with 'dragoman keys create'.") { Code = "unsafe_example_api_key" },
        _ => Denied("The API key is not known to this gateway.", UnknownKey),
    };

    private static WireError Denied(string message, string code) => new(ErrorKind.Authentication, message) { Code = code };
}
