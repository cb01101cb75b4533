using System.Text.Json.Nodes;

namespace Dragoman.Emulators.Anthropic;

/// <summary>Anthropic's error envelope.</summary>
internal static class AnthropicErrors
{
    public static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        >= 400 and < 500 => "invalid_request_error",
        _ => "api_error",
    };

    public static JsonObject Envelope(string type, string message, string? requestId = null, string? errorCode = null)
    {
        var error = new JsonObject { ["type"] = type, ["message"] = message };
        if (errorCode is not null)
            error["details"] = new JsonObject { ["error_code"] = errorCode };
        var body = new JsonObject { ["type"] = "error", ["error"] = error };
        if (requestId is not null)
            body["request_id"] = requestId;
        return body;
    }
}
