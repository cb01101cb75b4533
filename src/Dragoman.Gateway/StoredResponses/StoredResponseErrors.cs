using Dragoman.Protocols;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>The errors of kept state, in OpenAI's own wording: clients match on it.</summary>
public static class StoredResponseErrors
{
    /// <summary>404: nobody has a response of this id, or another owner.</summary>
    public static WireException ResponseNotFound(string id) => NotFound($"Response with id '{id}' not found.");

    /// <summary>404: nobody has a conversation of this id, or another owner.</summary>
    public static WireException ConversationNotFound(string id) => NotFound($"Conversation with id '{id}' not found.");

    /// <summary>404: there is no item of this id where it was looked for.</summary>
    public static WireException ItemNotFound(string id) => NotFound($"Item with id '{id}' not found.");

    /// <summary>The same for what nobody has and for what is another key's: who asks learns nothing of others.</summary>
    public static WireException PreviousNotFound(string id)
        => new(new WireError(ErrorKind.InvalidRequest, $"Previous response with id '{id}' not found.") { Status = 400, Param = "previous_response_id", Code = "previous_response_not_found" });

    /// <summary>409: what a request continues is still being made.</summary>
    public static WireException StillRunning(string id) => new(new WireError(
        ErrorKind.InvalidRequest, $"Response with id '{id}' is still running; wait for it to end, or cancel it.")
    { Status = 409, Param = "previous_response_id", Code = "response_in_progress" });

    /// <summary>400: a parameter is not valid.</summary>
    public static WireException Invalid(string message, string? param = null, string? code = null) => WireException.Invalid(message, param, code);

    /// <summary>404 without a code: that of an unknown model would be wrong here.</summary>
    private static WireException NotFound(string message) => new(new WireError(ErrorKind.InvalidRequest, message) { Status = 404 });
}
