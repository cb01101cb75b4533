using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Kimi;

/// <summary>
/// The device that a login is made from, as every request to Kimi has to describe it. Its id is made up for each login and stays with its account. Only the platform and its version are those that the service
/// serves; where a name is free, it is the gateway's.
/// </summary>
internal static class KimiDevice
{
    /// <summary>Where a login keeps the id of its device.</summary>
    public const string IdKey = "device-id";

    private static readonly string Model = HeaderText.Clean($"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}");

    private static readonly string SystemVersion = HeaderText.Clean(Environment.OSVersion.Version.ToString());

    /// <summary>A new id: 32 hexadecimal digits.</summary>
    public static string CreateId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The id of a login's device; for a login that has none (an imported one) an id that is always the same for its account.</summary>
    public static string IdOf(OAuthCredential login)
        => login.Extra.TryGetValue(IdKey, out var id) ? id : TextDigest.Hex($"device of {login.AccountId ?? login.RefreshToken ?? login.AccessToken}", 32);

    /// <summary>Describes the device on a request; headers that the owner has set are left as they are.</summary>
    public static void Describe(HttpRequestHeaders headers, string platform, string version, string id)
    {
        Put("X-Msh-Platform", platform);
        Put("X-Msh-Version", version);
        Put("X-Msh-Device-Name", "dragoman");
        Put("X-Msh-Device-Model", Model);
        Put("X-Msh-Os-Version", SystemVersion);
        Put("X-Msh-Device-Id", id);
        Put("User-Agent", Product.UserAgent);

        void Put(string name, string value)
        {
            if (!headers.Contains(name)) headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Sends requests as from a device.</summary>
    public static HttpMessageInvoker Invoker(HttpMessageInvoker http, KimiSettings settings, string id) => new(new DescribingHandler(http, settings, id));

    private sealed class DescribingHandler(HttpMessageInvoker http, KimiSettings settings, string id) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Describe(request.Headers, settings.Platform, settings.PlatformVersion, id);
            return http.SendAsync(request, cancellationToken);
        }
    }
}
