namespace Reconciler.Connections;

/// <summary>What each verdict on a delivery means for whoever set the connection up. The sender is told none of it.</summary>
internal static class DeliveryVerdicts
{
    internal const string Paused = "paused";
    internal const string AddressNotAllowed = "address_not_allowed";

    internal static string? Says(string verdict) => verdict switch
    {
        "wrong_signature" => "Wrong secret, or a body that was altered on the way: an HMAC cannot tell which. Where others are verified, the secret is right.",
        "inactive_secret" => "Signed with a secret that is not live yet, or not any more: look at its times, and at what the provider has.",
        "stale" => "The signature is right, and its time is too far from our clock: a late retry, a replay, or a clock that is wrong.",
        "missing_header" => "A header that the signature needs is missing: signing is switched off at the provider, or a proxy takes headers away.",
        "malformed_header" => "A header of the signature cannot be read: look at the names of the headers, and at the provider's version.",
        "altered_body" => "The body is not the one that the sender digested: something on the way rewrites it.",
        "unknown_key" => "The delivery names a key that the provider does not publish and nobody pinned: look at the environment.",
        "not_covered" => "The signature leaves out the method, the target or the body, so that it proves too little.",
        "wrong_algorithm" => "The delivery names an algorithm that is not its key's.",
        "keys_unavailable" => "The provider's public keys could not be fetched; it was told to send again.",
        AddressNotAllowed => "It came from an address that is not among webhook.allowedAddresses. Behind a proxy, declare the proxy.",
        "too_large" => "The body was larger than any delivery may be.",
        "nudge" or "nudge_duplicate" or "nudge_unregistered" or "nudge_unreadable" =>
            "Nothing verifies deliveries here, so it only made us ask, or not even that.",
        "unreadable" => "Verified, and kept, but not understood: it can be read again after a fix.",
        Paused => "It came while the connection was paused; the sender was told to send again.",
        "unavailable" => "It could not be made permanent at that moment; the sender was told to send again.",
        _ => null,
    };
}
