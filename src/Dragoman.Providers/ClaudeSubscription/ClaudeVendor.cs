using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>The questions to Anthropic beside the traffic: its token endpoint, which takes JSON, and what it says about the login of an access token.</summary>
internal static class ClaudeVendor
{
    /// <summary>What people call the vendor.</summary>
    public const string Name = "Anthropic";

    /// <summary>A request to the token endpoint. The gateway names itself (wire notes logins-2026-11, section 1, "Refresh headers").</summary>
    public static HttpRequestMessage ToTokens(ClaudeSubscriptionSettings settings, Action<Utf8JsonWriter> members)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenUrl) { Content = VendorJson.Body(members) };
        return Named(request, settings);
    }

    /// <summary>A question about the login of an access token.</summary>
    /// <param name="address">Where the API is, without a slash at the end.</param>
    /// <param name="path">The question.</param>
    /// <param name="accessToken">The access token.</param>
    /// <param name="settings">The provider's settings.</param>
    public static HttpRequestMessage About(string address, string path, string accessToken, ClaudeSubscriptionSettings settings)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return Named(request, settings);
    }

    private static HttpRequestMessage Named(HttpRequestMessage request, ClaudeSubscriptionSettings settings)
    {
        request.Headers.TryAddWithoutValidation("anthropic-beta", settings.Beta);
        request.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        return request;
    }
}
