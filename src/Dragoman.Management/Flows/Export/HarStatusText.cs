using System.Net;

namespace Dragoman.Management.Flows.Export;

/// <summary>The words that go with an HTTP status (RFC 9110, section 15).</summary>
internal static class HarStatusText
{
    /// <summary>The words; empty where a status has none.</summary>
    public static string For(int status) => status switch
    {
        // The framework has the words of the RFCs before, or none.
        413 => "Payload Too Large",
        414 => "URI Too Long",
        416 => "Range Not Satisfiable",
        499 => "Client Closed Request",
        < 100 or > 999 => "",
        _ => Words(status),
    };

    private static string Words(int status)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        return response.ReasonPhrase ?? "";
    }
}
