/** The named differences between our OpenAPI document and Discord's, each with its reason. */

/** The differences that a pattern matches, each a whole line, and the reason for them. */
type Reasons = ReadonlyArray<readonly [where: RegExp, because: string]>

/** Operations that Discord's document does not have. */
export const undocumented: Readonly<Record<string, string>> = {
  exchangeToken: "RFC 6749 describes it; Discord's document has no token endpoint",
  revokeToken: "RFC 7009 describes it; Discord's document has no revocation endpoint"
}

/** Operations without a user's token in the header, and why they are declared. */
export const companions: Readonly<Record<string, string>> = {
  getPublicKeys: "verifying an id_token needs them; the call has no credentials",
  getCurrentBotApplicationInformation: "it tells a bot its application",
  addGuildMember: "a bot adds the user whose token with guilds.join is in the body",
  groupDmAddRecipient: "a bot adds the user whose token with gdm.join is in the body",
  getCurrentApplication: "it tells a bot its application",
  getApplicationRoleConnectionMetadataRecords:
    "the values that role_connections.write sets are declared in these records",
  updateApplicationRoleConnectionMetadataRecords:
    "the values that role_connections.write sets are declared in these records"
}

/** Scopes that the documentation names, of operations for which Discord's document names none. */
export const documentedScopes: Readonly<Record<string, string>> = {
  createOrJoinLobby: "sdk.social_layer",
  createLobbyChannelInviteForSelf: "sdk.social_layer",
  getLobbyMessages: "sdk.social_layer",
  sendLobbyMessage: "sdk.social_layer"
}

/** Operations with a user's token, of which neither the documentation nor Discord's document names a scope. */
export const withoutScope: ReadonlyArray<string> = ["getGuildChannels", "leaveLobby", "linkChannelToLobby"]

/** Parameters that Discord's document has and we do not declare. */
export const undeclaredParameters: Readonly<Record<string, ReadonlyArray<string>>> = {
  // The documentation's table has no `shard`: it splits the guilds of a bot's gateway connection.
  getCurrentUserGuilds: ["query shard?"]
}

/** Content types that Discord accepts for a body, in addition to ours. */
export const otherBodies: Readonly<Record<string, ReadonlyArray<string>>> = {
  // The documentation has only a JSON body; the others are for files, which the Social SDK does not send.
  sendLobbyMessage: ["application/x-www-form-urlencoded", "multipart/form-data"]
}

const commands = "(?:create|edit|bulkOverwrite)(?:Global|Guild)ApplicationCommands?"

/** Values that Discord may send and we do not accept, and values that we may send and Discord does not accept. */
export const deviations: Reasons = [
  [
    /^(?:getCurrentUserGuilds|getCurrentUserConnections|getGuildChannels|getLobbyMessages) 200: not null$/,
    "the documentation has a list, and no null has been seen"
  ],
  [
    /^(?:get|bulkOverwrite)(?:Global|Guild)ApplicationCommands 200: not null$/,
    "the documentation has a list, and no null has been seen"
  ],
  [
    /^(?:get|update)ApplicationRoleConnectionMetadataRecords 200: not null$/,
    "the documentation has a list, and no null has been seen"
  ],
  [/^getUserInfo 200\.sub: not any string is an id$/, "the subject is the user's id"],
  [
    /^(?:addGuildMember|groupDmAddRecipient) sends \.access_token: maxLength is \d+$/,
    "Discord issues the token, and decides its length"
  ],
  [/^groupDmAddRecipient sends \.nick: maxLength is 152133$/, "the documentation has no limit"],
  [
    new RegExp(`^${commands} sends (?:\\[\\])?\\.default_member_permissions: not string$`),
    "the documentation has a string, as for every permission, and the example \"0\""
  ],
  [new RegExp(`^${commands} sends (?:\\[\\])?\\.nsfw: not known$`), "in the documentation's tables"],
  [/^sendLobbyMessage sends \.metadata: not known$/, "in the documentation's table"],
  [
    /^sendLobbyMessage sends \.components\[\]\.type: may be absent$/,
    "components are any JSON: their structure is no part of OAuth2"
  ],
  [
    /^sendLobbyMessage sends \.allowed_mentions\.parse: maxItems is 1521$/,
    "there are three values, and none may be repeated"
  ],
  [/^sendLobbyMessage sends \.embeds\[\]\.type: maxLength is 152133$/, "the documentation has no limit"],
  [
    /^sendLobbyMessage sends \.shared_client_theme\.colors\[\]: (?:min|max)Length is 6$/,
    "our pattern has the same bound: six hexadecimal digits"
  ],
  [
    /^updateApplicationRoleConnectionMetadataRecords sends \[\]\.key: (?:minLength is 1|maxLength is 50)$/,
    "our pattern has the same bounds: 1 to 50 of a-z, 0-9 and _"
  ],
  [/ sends .*: not any (?:string|integer), but one of /, "enums are open: a value that was read can be sent"]
]

/** Values that Discord accepts and we do not send. */
export const narrower: Reasons = [
  [/^(?:addGuildMember|groupDmAddRecipient) takes \.access_token: minLength is 1$/, "a token is never empty"],
  [
    /^groupDmAddRecipient takes \.access_token: (?:may be absent|not null)$/,
    "without a user's token the call adds nobody"
  ],
  [
    /^editApplicationCommandPermissions takes \.permissions: (?:may be absent|not null)$/,
    "the documentation requires a list"
  ],
  [
    new RegExp(`^${commands} takes (?:\\[\\])?\\.default_member_permissions: not integer$`),
    "the documentation has a string: a number loses the last bits"
  ],
  [/^bulkOverwrite(?:Global|Guild)ApplicationCommands takes : not null$/, "the documentation has a list"],
  [/^updateApplicationRoleConnectionMetadataRecords takes : not null$/, "the documentation has a list"],
  [
    /^updateApplicationRoleConnectionMetadataRecords takes \[\]\.(?:name|description)_localizations: maxProperties is 34$/,
    "Discord has 34 locales"
  ]
]

/** Members inside a member of ours that is any JSON: our model names none of them. */
export const free = /^sendLobbyMessage\.components\[\]\./

const user = "(?:user|bot|owner|author|clip_participants\\[\\]|recipients\\[\\])"

/** Values that we accept and Discord's document does not allow in a response. */
export const wider: Reasons = [
  [/: not any (?:string|integer), but one of /, "enums are open: Discord adds values without notice"],
  [
    /\.(?:public_flags|flags|primary_guild|mfa_enabled|locale): may be absent$/,
    "optional in the documentation's tables"
  ],
  [/\.collectibles\.nameplate: may be absent$/, "optional in the documentation's table"],
  [
    /\.(?:bot|owner|members\[\]\.user|recipients\[\])\.(?:avatar|discriminator|global_name): may be absent$/,
    "a partial user in the documentation"
  ],
  [
    new RegExp(`\\.${user}\\.(?:mfa_enabled|locale|verified|email|premium_type): not known$`),
    "one model serves every user"
  ],
  [
    /(?:Member 20[01]|\.member\.member)\.(?:avatar|banner|communication_disabled_until|nick): may be absent$/,
    "optional in the documentation's table"
  ],
  [
    /(?:Member 20[01]|\.member\.member)\.(?:pending|premium_since|user): may be absent$/,
    "optional in the documentation's table"
  ],
  [/\.joined_at: not null$/, "null for the guest of a voice channel"],
  [/(?:addGuildMember 201|\.member\.member)\.permissions: not known$/, "one model serves every member"],
  [/\.platform_name: not null$/, "nullable in the documentation's table"],
  [/\.integrations\[\]\.guild: may be absent$/, "the documentation's integration object has none"],
  [/\.integrations\[\]\.\w+: not known$/, "in the documentation's integration object"],
  [/\.application\.(?:type|flags_new): may be absent$/, "the documentation's example has none"],
  [
    /(?:\.application|Application(?:Information)? 200)\.hook: not known$/,
    "in the documentation's example of a response"
  ],
  [
    /(?:\.application|Application(?:Information)? 200)\.(?:owner|team|guild): not known$/,
    "in the documentation's application object"
  ],
  [
    /\.application\.(?:redirect_uris|interactions_endpoint_url): not known$/,
    "in the documentation's application object"
  ],
  [
    /\.application\.(?:role_connections_verification_url|explicit_content_filter|eligible_oauth2_scopes): not known$/,
    "in the documentation's application object, or in Discord's document for a bot's own application"
  ],
  [/\.application\.(?:event_webhooks|approximate)_\w+: not known$/, "in the documentation's application object"],
  [
    /^getCurrent(?:Bot)?Application(?:Information)? 200\.(?:owner|flags_new|redirect_uris|approximate_\w+): may be absent$/,
    "optional in the documentation's table"
  ],
  [
    /^getCurrent(?:Bot)?Application(?:Information)? 200\.(?:interactions_endpoint|role_connections_verification)_url: may be absent$/,
    "optional in the documentation's table"
  ],
  [
    /^getCurrent(?:Bot)?Application(?:Information)? 200\.(?:eligible_oauth2_scopes|explicit_content_filter|type): may be absent$/,
    "not in the documentation's table"
  ],
  [/^getCurrent(?:Bot)?Application(?:Information)? 200\.team: may be absent$/, "one model serves every application"],
  [/\.team\.members\[\]\.permissions: may be absent$/, "not in the documentation's table"],
  [/\.team\.members\[\]\.role: may be absent$/, "the documentation's example has none"],
  [
    /^uploadApplicationAttachment 200\.attachment\.(?:application|width|height): not null$/,
    "nullable in the documentation"
  ],
  [/Entitlements? 200(?:\[\])?\.user_id: may be absent$/, "optional in the documentation's table"],
  [
    /Entitlements? 200(?:\[\])?\.(?:gift_code_flags|promotion_id|subscription_id): not known$/,
    "in the documentation's example"
  ],
  [
    /Commands? 20[01](?:\[\])?(?:\.options\[\]){1,3}\.file_types\[\]: maxLength is 16$/,
    "a limit of what is sent: a response may name a longer type"
  ],
  [
    /Commands? 20[01](?:\[\])?(?:\.options\[\]){1,3}\.(?:\*: not known|description: may be absent)$/,
    "an option of a new type keeps its members"
  ],
  [
    /(?:getGuildChannels 200\[\]|groupDmAddRecipient 201|\.linked_channel)\.(?:\*: not known|(?:guild_id|name|position|recipients|icon|owner_id): may be absent)$/,
    "a channel of a new type keeps its members"
  ],
  [
    /(?:getGuildChannels 200\[\]|\.linked_channel)\.type: not 16$/,
    "GUILD_MEDIA in the documentation's table, and in Discord's preview document"
  ],
  [/\.thread_metadata\.create_timestamp: not null$/, "nullable in the documentation's table"],
  [/(?:Lobby 200)\.flags: (?:may be absent|(?:minimum|maximum) is \d+)$/, "not in the documentation's table"],
  [/LobbyMessages? 20[01](?:\[\])?\.(?:moderation_)?metadata: not null$/, "nullable in the documentation's table"],
  [/^getUserInfo 200\.sub: an id is not any string$/, "the subject is the user's id"]
]

/** Members of the simulator's responses that Discord's document does not have. */
export const simulated: Reasons = [[/\.hook$/, "in the documentation's example of a response"]]
