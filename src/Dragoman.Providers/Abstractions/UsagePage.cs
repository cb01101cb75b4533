using System.Net;
using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Providers.Abstractions;

/// <summary>Questions to vendors' usage pages, and what is said where they are refused.</summary>
internal static class UsagePage
{
    /// <summary>How long a page is left alone after a 429 that states no time.</summary>
    private static readonly TimeSpan UsualSilence = TimeSpan.FromMinutes(15);

    /// <summary>Sends a question.</summary>
    /// <param name="vendor">How the vendor is reached.</param>
    /// <param name="question">The question with the token on it.</param>
    /// <param name="name">What people call the vendor.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The body of a success; else why there is none.</returns>
    public static async Task<(byte[] Body, QuotaReport? Problem)> SendAsync(VendorContext vendor, HttpRequestMessage question, string name, CancellationToken cancellationToken)
    {
        using var response = await vendor.Http.SendAsync(question, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (response.IsSuccessStatusCode) return (body, null);
        var wait = RetryHints.Read(response.Headers, vendor.Time.GetUtcNow()) ?? (response.StatusCode == HttpStatusCode.TooManyRequests ? UsualSilence : null);
        return (body, QuotaReport.Failed($"{name} answered {(int)response.StatusCode}{VendorJson.WordsOf(body)}", wait) with { IsRejected = response.StatusCode == HttpStatusCode.Unauthorized });
    }

    /// <summary>Sends a question whose answer is a JSON object.</summary>
    /// <param name="vendor">How the vendor is reached.</param>
    /// <param name="question">The question with the token on it.</param>
    /// <param name="name">What people call the vendor.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer; else why there is none.</returns>
    public static async Task<(JsonDocument? Answer, QuotaReport? Problem)> AskAsync(VendorContext vendor, HttpRequestMessage question, string name, CancellationToken cancellationToken)
    {
        var (body, problem) = await SendAsync(vendor, question, name, cancellationToken);
        if (problem is not null) return (null, problem);
        try
        {
            var answer = JsonDocument.Parse(body);
            if (answer.RootElement.ValueKind == JsonValueKind.Object) return (answer, null);
            answer.Dispose();
        }
        catch (JsonException)
        {
            // It is said below.
        }

        return (null, QuotaReport.Failed($"{name} answered something that is no JSON object."));
    }
}
